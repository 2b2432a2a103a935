/* The connection to the engine, and the few things only the shell can do. */
import { useSyncExternalStore } from "react";
import { transport } from "./transport";

export interface EngineState {
  connected: boolean;
  engine_pid: number | null;
  /** The data directory. */
  home: string | null;
  /** A sentence while it is not connected. */
  message: string | null;
  /** The newest event's number when the connection was made, where the shell tells it. */
  seq?: number | null;
}

let state: EngineState = { connected: true, engine_pid: null, home: null, message: null };
const listeners = new Set<() => void>();

export function setEngineState(next: EngineState): void {
  state = next;
  for (const changed of listeners) changed();
}

/** What is known of the connection. Calm until told otherwise. */
export function useEngineState(): EngineState {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => state,
  );
}

export async function readEngineState(): Promise<EngineState> {
  return (await (await transport()).invoke("engine_state")) as EngineState;
}

/** The system's folder dialog; null when it is dismissed. */
export async function pickFolder(): Promise<string | null> {
  return (await (await transport()).invoke("pick_folder")) as string | null;
}

/** Opens an http(s) address in the person's browser. Ask first: it leaves the program. */
export async function openExternal(url: string): Promise<void> {
  await (await transport()).invoke("open_external", { url });
}

export async function openInEditor(path: string, line?: number): Promise<void> {
  await (await transport()).invoke("open_in_editor", line === undefined ? { path } : { path, line });
}

export async function setWindowTitle(title: string): Promise<void> {
  await (await transport()).invoke("window_title", { title });
}
