import type { Error as WireError } from "../bindings/Error";
import type { ErrorCode } from "../bindings/ErrorCode";

/** Throws an engine's error value, as the shell passes it on. */
export function refuse(code: ErrorCode, message: string, hint: string | null = null): never {
  throw { code, message, hint } satisfies WireError;
}
