import { expect, test } from "vitest";
import type { Frame } from "../../ipc/terminal";
import { createFeed } from "./feed";

/** An emulator and a clock that move only when told. */
function bench() {
  const log: string[] = [];
  const frames: (() => void)[] = [];
  const writes: (() => void)[] = [];
  const feed = createFeed({
    screen: {
      write(bytes, done) {
        log.push(`write ${bytes.length}`);
        writes.push(done);
      },
      reset: () => log.push("reset"),
    },
    ack: (bytes) => log.push(`ack ${bytes}`),
    onExit: (exit) => log.push(`exit ${exit.code}`),
    onGap: (offset) => log.push(`gap ${offset}`),
    schedule: (run) => frames.push(run),
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
  for (let i = 0; i < 10; i++) feed.take(output(i * 65_536, 65_536));
  for (let i = 0; i < 5; i++) {
    frame();
    written();
  }
  expect(log.filter((line) => line.startsWith("write"))).toEqual(Array(5).fill("write 131072"));
  const acked = log.filter((line) => line.startsWith("ack")).map((line) => Number(line.slice(4)));
  expect(acked.reduce((a, b) => a + b, 0)).toBe(655_360);
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
  frame();
  written();
  expect(log).toEqual([
    "write 10",
    "ack 1000",
    "ack 10",
    "reset",
    "write 300",
    "ack 300",
    "write 5",
    "ack 5",
  ]);
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
