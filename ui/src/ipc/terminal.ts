// A run's terminal: its bytes through a channel of the shell, what is typed back to it, and how much of it the
// page has digested. The shell sends screens in place of a backlog when the page falls behind, and a snapshot after them.
//
// Deliberately absent: the emulator (features/terminals) and any meaning of the bytes.

import { transport } from "./transport";

/** How a run ended, as its shim tells it. */
export type Exit = { code: number | null; outcome: string; detail: string | null };

/** One message of the channel. Offsets are bytes from the beginning of the run's log. */
export type Frame =
  | { kind: "output"; offset: number; bytes: Uint8Array }
  /** Lines of history and the whole screen: the emulator starts anew with them. */
  | { kind: "snapshot"; offset: number; bytes: Uint8Array }
  /** The screen in the middle of a flood, painted over what is there. Another one or a snapshot follows. */
  | { kind: "screen"; offset: number; bytes: Uint8Array }
  /** Output that is not kept (beyond the log's limit), or was skipped. */
  | { kind: "gap"; offset: number }
  | { kind: "exited"; exit: Exit };

/** Bytes before the payload: kind (1), reserved (7), offset (8, little endian). */
export const HEADER = 16;

const KINDS = ["output", "snapshot", "gap", "exited", "screen"] as const;

/** Reads a message; null for one that this page does not know. */
export function decodeFrame(message: ArrayBuffer): Frame | null {
  if (message.byteLength < HEADER) return null;
  const view = new DataView(message);
  const kind = KINDS[view.getUint8(0)];
  if (kind === undefined) return null;
  const offset = Number(view.getBigUint64(8, true));
  const bytes = new Uint8Array(message, HEADER);
  switch (kind) {
    case "output":
    case "snapshot":
    case "screen":
      return { kind, offset, bytes };
    case "gap":
      return { kind, offset };
    case "exited":
      return { kind, exit: exitOf(new TextDecoder().decode(bytes)) };
  }
}

function exitOf(json: string): Exit {
  const unknown: Exit = { code: null, outcome: "lost", detail: null };
  try {
    const read: unknown = JSON.parse(json);
    if (typeof read !== "object" || read === null) return unknown;
    const { code, outcome, detail } = read as Record<string, unknown>;
    return {
      code: typeof code === "number" ? code : null,
      outcome: typeof outcome === "string" ? outcome : unknown.outcome,
      detail: typeof detail === "string" ? detail : null,
    };
  } catch {
    return unknown;
  }
}

/** Small raw messages may arrive as a view or as plain numbers, by the way the shell's channel sent them. */
export function bufferOf(message: unknown): ArrayBuffer | null {
  if (message instanceof ArrayBuffer) return message;
  if (ArrayBuffer.isView(message)) {
    return new Uint8Array(message.buffer, message.byteOffset, message.byteLength).slice().buffer;
  }
  return Array.isArray(message) ? Uint8Array.from(message as number[]).buffer : null;
}

/** An attachment: `start` to `end` is what the log held when it began; `live` while the run's shim answers. */
export type Attached = { id: number; start: number; end: number; live: boolean };

/**
 * Attaches to the run whose folder is `dir`: its log from `offset` on (a snapshot in its place when that is long),
 * then everything new. Throws the shell's error.
 */
export async function attachTerminal(
  dir: string,
  offset: number,
  onFrame: (frame: Frame) => void,
): Promise<Attached> {
  const shell = await transport();
  const channel = shell.channel((message) => {
    const buffer = bufferOf(message);
    const frame = buffer && decodeFrame(buffer);
    if (frame) onFrame(frame);
  });
  return (await shell.invoke("attach_terminal", { dir, offset, replay: true, channel })) as Attached;
}

/** Says that the emulator has taken `bytes` bytes of payload; the shell sends on while little enough is under way. */
export async function ackTerminal(id: number, bytes: number): Promise<void> {
  await (await transport()).invoke("ack_terminal", { id, bytes });
}

export async function typeIntoTerminal(id: number, data: string): Promise<void> {
  await (await transport()).invoke("terminal_input", { id, data });
}

export async function resizeTerminal(id: number, cols: number, rows: number): Promise<void> {
  await (await transport()).invoke("terminal_resize", { id, cols, rows });
}

export async function detachTerminal(id: number): Promise<void> {
  await (await transport()).invoke("detach_terminal", { id });
}
