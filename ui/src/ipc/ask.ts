/* Asking where a refusal is simply shown: the app decides how, the asker goes on or doesn't. */
import type { Edit } from "./bindings/Edit";
import type { Request } from "./bindings/Request";
import { request, type ValueOf } from "./request";

let show: (problem: unknown) => void = () => {};

/** Where refusals go that nobody handles in place. Set once by the app. */
export function showRefusalsWith(handler: (problem: unknown) => void): void {
  show = handler;
}

/** Asks; a refusal is shown and gives null. */
export async function ask<R extends Request>(asked: R): Promise<ValueOf<R["type"]> | null> {
  try {
    return await request(asked);
  } catch (problem) {
    show(problem);
    return null;
  }
}

/** Edits a plan, whatever its revision; a refusal is shown and gives null. */
export function edit(plan: string, change: Edit) {
  return ask({ type: "edit_plan", plan, edit: change, revision: null });
}

/** Runs something of the shell; what it throws is shown. */
export async function attempt<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (problem) {
    show(problem);
    return null;
  }
}
