/* The shell's terminal commands, as the fake carries them out: same messages, same header, same acknowledgements. */
import type { RunView } from "../bindings/RunView";
import type { Fake } from "./engine";
import { nextLine, terminalText } from "./terminals";

const HEADER = 16;
const KIND = { output: 0, snapshot: 1, gap: 2, exited: 3 } as const;

type Attachment = {
  send: (message: ArrayBuffer) => void;
  offset: number;
  /** Bytes sent and not acknowledged: at most a mebibyte. */
  underWay: number;
  timer: ReturnType<typeof setInterval> | undefined;
};

const IN_FLIGHT = 1 << 20;
const attachments = new Map<number, Attachment>();
let nextId = 1;

function message(kind: number, offset: number, payload: Uint8Array): ArrayBuffer {
  const out = new Uint8Array(HEADER + payload.length);
  out[0] = kind;
  new DataView(out.buffer).setBigUint64(8, BigInt(offset), true);
  out.set(payload, HEADER);
  return out.buffer;
}

const encode = (text: string) => new TextEncoder().encode(text);

function output(attachment: Attachment, text: string): void {
  const bytes = encode(text);
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    attachment.send(message(KIND.output, attachment.offset, piece));
    attachment.offset += piece.length;
    attachment.underWay += piece.length;
  }
}

/** `?flood` makes live agents print without end, as fast as it is acknowledged. */
const isFlooding = () => new URLSearchParams(window.location.search).has("flood");
const isStill = () => new URLSearchParams(window.location.search).has("still");

function flood(round: number): string {
  let text = "";
  for (let i = 0; i < 600; i++) text += `\x1b[3${i % 8}m${round}:${i}\x1b[0m ${"lorem ipsum ".repeat(8)}\r\n`;
  return text;
}

function runOf(fake: Fake, dir: unknown): RunView {
  for (const plan of fake.state.plans.values()) {
    for (const attempts of plan.attempts.values()) {
      for (const attempt of attempts) {
        const found = attempt.runs.find((run) => run.dir === dir);
        if (found) return found;
      }
    }
  }
  throw { code: "not_found", message: "The run does not exist.", hint: null };
}

export const terminalCommands = {
  attach_terminal: (fake: Fake, { dir, channel }: Record<string, unknown>) => {
    const run = runOf(fake, dir);
    const id = nextId++;
    const send = channel as (message: ArrayBuffer) => void;
    const attachment: Attachment = { send, offset: 0, underWay: 0, timer: undefined };
    attachments.set(id, attachment);
    const text = terminalText(run);
    const end = encode(text).length;
    setTimeout(() => {
      output(attachment, text);
      if (!run.live) {
        const exit = { code: run.code, outcome: run.outcome, detail: run.detail };
        send(message(KIND.exited, attachment.offset, encode(JSON.stringify(exit))));
        return;
      }
      let round = 0;
      const floods = isFlooding() && run.kind !== "shell";
      if (isStill() && !floods) return;
      attachment.timer = setInterval(
        () => {
          if (attachment.underWay > IN_FLIGHT) return;
          output(attachment, floods ? flood(round++) : nextLine(run, round++));
        },
        floods ? 4 : 900,
      );
    }, 5);
    return { id, start: 0, end, live: run.live };
  },
  ack_terminal: (_fake: Fake, { id, bytes }: Record<string, unknown>) => {
    const attachment = attachments.get(id as number);
    if (attachment) attachment.underWay -= bytes as number;
    return null;
  },
  terminal_input: (_fake: Fake, { id, data }: Record<string, unknown>) => {
    // Echoes, as a terminal in line mode does.
    const attachment = attachments.get(id as number);
    if (attachment) output(attachment, String(data).replaceAll("\r", "\r\n"));
    return null;
  },
  terminal_resize: () => null,
  detach_terminal: (_fake: Fake, { id }: Record<string, unknown>) => {
    clearInterval(attachments.get(id as number)?.timer);
    attachments.delete(id as number);
    return null;
  },
};
