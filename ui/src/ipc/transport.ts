/*
 * The one way out of the page: calls, events and channels of the shell, or the fake where there is no shell
 * (a browser in development and tests). Nothing else in the page knows which of the two answers.
 */

/** What travels as a channel argument; made by `Transport.channel` and opaque to the page. */
export type ChannelHandle = { readonly __channel: unique symbol };

export interface Transport {
  /** Calls a command of the shell. Rejects with the shell's error value. */
  invoke: (command: string, args?: Record<string, unknown>) => Promise<unknown>;
  /** Listens to an event of the shell; the promise gives the function that ends it. */
  listen: (event: string, handler: (payload: unknown) => void) => Promise<() => void>;
  /** Wraps a handler so that it can be passed as an argument of `invoke`. */
  channel: (handler: (message: unknown) => void) => ChannelHandle;
}

declare global {
  interface Window {
    __TAURI_INTERNALS__?: unknown;
  }
}

export const inShell = typeof window !== "undefined" && window.__TAURI_INTERNALS__ !== undefined;

let chosen: Promise<Transport> | null = null;

/** The shell's transport, or the fake's; both are loaded only when they are used. */
export function transport(): Promise<Transport> {
  chosen ??= inShell
    ? import("./tauri").then((m) => m.tauriTransport)
    : import("./fake/transport").then((m) => m.fakeTransport());
  return chosen;
}

/** For tests: answers come from this transport from now on. */
export function setTransport(next: Transport): void {
  chosen = Promise.resolve(next);
}
