// What stands between the channel and the emulator: one write in flight, at most one begun per painted frame and
// no larger than a frame has time for, and an acknowledgement for every byte the emulator has really taken.
//
// Deliberately absent: xterm itself, so that the order of things can be tested.

import type { Exit, Frame } from "../../ipc/terminal";

/** The emulator, as the feed sees it. */
export type Screen = {
  write(bytes: Uint8Array, done: () => void): void;
  reset(): void;
};

export type Feed = {
  take(frame: Frame): void;
  /** Nothing is written or acknowledged any more. */
  stop(): void;
};

export type FeedWishes = {
  screen: Screen;
  ack(bytes: number): void;
  onExit(exit: Exit): void;
  onGap?(offset: number): void;
  /** Called around each write with the offset that it ends at. */
  onProgress?(offset: number): void;
  /** Waits for the next frame that is painted. */
  schedule?(run: () => void): void;
  /** Milliseconds from any moment on. */
  clock?(): number;
};

/**
 * Bytes in one write. The emulator takes 64 KiB in some 5 ms on a quiet machine, and in many times that on one
 * whose processors are all busy: the size follows the time that the last one took.
 */
const WRITE = { least: 8 * 1024, first: 64 * 1024, most: 128 * 1024 };

/** Milliseconds: a write that takes longer leaves its frame too little time for painting, a shorter one has room. */
const LONG = 8;
const SHORT = 3;

/** A hidden window paints no frames, and its output must flow on. */
export function nextFrame(run: () => void): void {
  if (document.hidden) setTimeout(run, 50);
  else requestAnimationFrame(run);
}

export function createFeed(wishes: FeedWishes): Feed {
  const { screen, ack, schedule = nextFrame, clock = () => performance.now() } = wishes;
  const queue: Frame[] = [];
  let busy = false;
  let stopped = false;
  let room = WRITE.first;

  /** The outputs at the head of the queue, joined up to the limit; a larger one is cut. */
  const joined = (): { bytes: Uint8Array; end: number } => {
    const parts: Uint8Array[] = [];
    let size = 0;
    let end = 0;
    for (let head = queue[0]; head?.kind === "output" && size < room; head = queue[0]) {
      const part = head.bytes.subarray(0, room - size);
      parts.push(part);
      size += part.length;
      end = head.offset + part.length;
      if (part.length === head.bytes.length) queue.shift();
      else queue[0] = { kind: "output", offset: end, bytes: head.bytes.subarray(part.length) };
    }
    const only = parts[0];
    if (parts.length === 1 && only) return { bytes: only, end };
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { bytes, end };
  };

  const write = (bytes: Uint8Array, end: number) => {
    wishes.onProgress?.(end);
    const begun = clock();
    screen.write(bytes, () => {
      if (stopped) return;
      const took = clock() - begun;
      if (took > LONG) room = Math.max(WRITE.least, room / 2);
      else if (took < SHORT) room = Math.min(WRITE.most, room * 2);
      ack(bytes.length);
      busy = false;
      pump();
    });
  };

  const step = () => {
    if (stopped) return;
    const head = queue[0];
    switch (head?.kind) {
      case "snapshot": {
        screen.reset();
        // History is long and is written like output: so much per frame.
        const { bytes } = head;
        queue[0] = { kind: "output", offset: head.offset - bytes.length, bytes };
        const first = joined();
        write(first.bytes, first.end);
        return;
      }
      case "output": {
        const { bytes, end } = joined();
        write(bytes, end);
        return;
      }
      case "screen":
        queue.shift();
        write(head.bytes, head.offset);
        return;
      case "gap":
        queue.shift();
        wishes.onGap?.(head.offset);
        break;
      case "exited":
        queue.shift();
        wishes.onExit(head.exit);
        break;
      case undefined:
        break;
    }
    busy = false;
    pump();
  };

  const pump = () => {
    if (busy || stopped || queue.length === 0) return;
    busy = true;
    schedule(step);
  };

  return {
    take(frame) {
      if (stopped) return;
      // These replace what was not written yet; those bytes count as taken.
      if (frame.kind === "snapshot" || frame.kind === "screen") {
        const skipped = queue
          .splice(0)
          .reduce((sum, one) => sum + ("bytes" in one ? one.bytes.length : 0), 0);
        if (skipped > 0) ack(skipped);
      }
      queue.push(frame);
      pump();
    },
    stop() {
      stopped = true;
      queue.length = 0;
    },
  };
}
