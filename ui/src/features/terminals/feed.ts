// What stands between the channel and the emulator: one write in flight, at most one begun per painted frame,
// and an acknowledgement for every byte the emulator has really taken.
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
};

/** Most bytes in one write: about what the emulator parses within a frame or two. */
const MAX_WRITE = 128 * 1024;

/** A hidden window paints no frames, and its output must flow on. */
export function nextFrame(run: () => void): void {
  if (document.hidden) setTimeout(run, 50);
  else requestAnimationFrame(run);
}

export function createFeed(wishes: FeedWishes): Feed {
  const { screen, ack, schedule = nextFrame } = wishes;
  const queue: Frame[] = [];
  let busy = false;
  let stopped = false;

  /** The outputs at the head of the queue, joined up to the limit. */
  const joined = (): { bytes: Uint8Array; end: number } => {
    const parts: Uint8Array[] = [];
    let size = 0;
    let end = 0;
    for (let head = queue[0]; head?.kind === "output"; head = queue[0]) {
      if (parts.length > 0 && size + head.bytes.length > MAX_WRITE) break;
      parts.push(head.bytes);
      size += head.bytes.length;
      end = head.offset + head.bytes.length;
      queue.shift();
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
    screen.write(bytes, () => {
      if (stopped) return;
      ack(bytes.length);
      busy = false;
      pump();
    });
  };

  const step = () => {
    if (stopped) return;
    const head = queue[0];
    switch (head?.kind) {
      case "output": {
        const { bytes, end } = joined();
        write(bytes, end);
        return;
      }
      case "snapshot":
        queue.shift();
        screen.reset();
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
      // A snapshot replaces what was not written yet; those bytes count as taken.
      if (frame.kind === "snapshot") {
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
