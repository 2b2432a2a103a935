import { expect, test } from "vitest";
import type { Frame } from "../../ipc/terminal";
import { createFeed } from "./feed";

/** An emulator and a clock that move only when told. */
function bench(takes = () => 5) {
  const log: string[] = [];
  let now = 0;
  const frames: (() => void)[] = [];
  const writes: (() => void)[] = [];
  const feed = createFeed({
    screen: {
      write(bytes, done) {
        log.push(`write ${bytes.length}`);
        writes.push(() => {
          now += takes();
          done();
        });
      },
      reset: () => log.push("reset"),
    },
    ack: (bytes) => log.push(`ack ${bytes}`),
    onExit: (exit) => log.push(`exit ${exit.code}`),
    onGap: (offset) => log.push(`gap ${offset}`),
    schedule: (run) => frames.push(run),
    clock: () => now,
  });
  return {
    log,
    feed,
    frame: () => frames.shift()?.(),
    written: () => writes.shift()?.(),
    waiting: () => frames.length,
  };
}

const output = (offset: number, size: number): Frame => ({
  kind: "output",
  offset,
  bytes: new Uint8Array(size),
});

test("one write in flight; what came meanwhile goes in one write, at the next frame", () => {
  const { log, feed, frame, written, waiting } = bench();
  feed.take(output(0, 10));
  frame();
  feed.take(output(10, 20));
  feed.take(output(30, 30));
  expect(waiting()).toBe(0);
  expect(log).toEqual(["write 10"]);
  written();
  expect(log).toEqual(["write 10", "ack 10"]);
  frame();
  written();
  expect(log).toEqual(["write 10", "ack 10", "write 50", "ack 50"]);
});

test("a flood is cut into bounded writes, and every byte is acknowledged", () => {
  const { log, feed, frame, written } = bench();
  feed.take(output(0, 1000));
  for (let i = 0; i < 10; i++) feed.take(output(1000 + i * 65_536, 65_536));
  for (let i = 0; i < 11; i++) {
    frame();
    written();
  }
  const sizes = (what: string) =>
    log.filter((line) => line.startsWith(what)).map((line) => Number(line.slice(what.length)));
  expect(sizes("write")).toEqual([...Array(10).fill(65_536), 1000]);
  expect(sizes("ack")).toEqual(sizes("write"));
});

test("writes shrink while the emulator is slow, and grow again", () => {
  let slow = 40;
  const { log, feed, frame, written } = bench(() => slow);
  const sizes: number[] = [];
  for (let i = 0; i < 12; i++) {
    if (i === 5) slow = 1;
    feed.take(output(i * 131_072, 131_072));
    frame();
    sizes.push(Number(log.at(-1)?.slice("write ".length)));
    written();
  }
  expect(sizes.map((size) => size / 1024)).toEqual([64, 32, 16, 8, 8, 8, 16, 32, 64, 128, 128, 128]);
});

test("a screen is painted over, without a reset, and only the newest one", () => {
  const { log, feed, frame, written } = bench();
  feed.take(output(0, 10));
  frame();
  feed.take(output(10, 1000));
  feed.take({ kind: "screen", offset: 5000, bytes: new Uint8Array(30) });
  feed.take({ kind: "screen", offset: 9000, bytes: new Uint8Array(40) });
  written();
  frame();
  written();
  expect(log).toEqual(["write 10", "ack 1000", "ack 30", "ack 10", "write 40", "ack 40"]);
});

test("a long snapshot is written over several frames", () => {
  const { log, feed, frame, written } = bench();
  feed.take({ kind: "snapshot", offset: 200_000, bytes: new Uint8Array(100_000) });
  for (let i = 0; i < 2; i++) {
    frame();
    written();
  }
  expect(log).toEqual(["reset", "write 65536", "ack 65536", "write 34464", "ack 34464"]);
});

test("a snapshot resets first, and replaces the backlog, which counts as taken", () => {
  const { log, feed, frame, written } = bench();
  feed.take(output(0, 10));
  frame();
  feed.take(output(10, 1000));
  feed.take({ kind: "snapshot", offset: 9000, bytes: new Uint8Array(300) });
  feed.take(output(9000, 5));
  written();
  frame();
  written();
  expect(log).toEqual(["write 10", "ack 1000", "ack 10", "reset", "write 305", "ack 305"]);
});

test("an exit comes after the last output is written", () => {
  const { log, feed, frame, written } = bench();
  feed.take(output(0, 4));
  feed.take({ kind: "exited", exit: { code: 1, outcome: "exited", detail: null } });
  frame();
  expect(log).toEqual(["write 4"]);
  written();
  frame();
  expect(log).toEqual(["write 4", "ack 4", "exit 1"]);
});

test("after it stopped, nothing is written or acknowledged", () => {
  const { log, feed, frame, written } = bench();
  feed.take(output(0, 4));
  frame();
  feed.stop();
  written();
  feed.take(output(4, 4));
  frame();
  expect(log).toEqual(["write 4"]);
});
