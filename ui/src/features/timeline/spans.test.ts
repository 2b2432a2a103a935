import { expect, test } from "vitest";
import type { Event } from "../../ipc/bindings/Event";
import { lanesOf, tickStep } from "./spans";

const at = (s: number) => new Date(s * 1000).toISOString();
let seq = 0;
const event = (s: number, body: Record<string, unknown>) =>
  ({ seq: ++seq, at: at(s), plan: "p", ...body }) as Event;

test("an attempt is a bar of phases that meet, ended by its landing", () => {
  const about = { task: "a", attempt: 1 };
  const lanes = lanesOf([
    event(0, { type: "attempt.started", ...about }),
    event(2, { type: "process.started", ...about, kind: "implement" }),
    event(9, { type: "process.started", ...about, kind: "check" }),
    event(12, { type: "task.stage", ...about, stage: "awaiting_approval", word: "" }),
    event(20, { type: "landing.started", ...about }),
    event(25, { type: "landed", ...about }),
  ]);
  expect(lanes).toEqual([
    {
      task: "a",
      attempt: 1,
      landed: 25_000,
      marks: [],
      spans: [
        { from: 0, to: 2000, phase: "setup" },
        { from: 2000, to: 9000, phase: "work" },
        { from: 9000, to: 12_000, phase: "check" },
        { from: 12_000, to: 20_000, phase: "wait" },
        { from: 20_000, to: 25_000, phase: "land" },
      ],
    },
  ]);
});

test("attempts side by side have a lane each, and one after another share it", () => {
  const lanes = lanesOf([
    event(0, { type: "attempt.started", task: "a", attempt: 1 }),
    event(0, { type: "attempt.started", task: "a", attempt: 2 }),
    event(3, { type: "process.started", task: "a", attempt: 2, kind: "implement" }),
    event(4, { type: "needs_you", task: "a", attempt: 1, reason: "", code: "" }),
    event(8, { type: "attempt.ended", task: "a", attempt: 2, reason: "", will_retry: false }),
    event(9, { type: "attempt.started", task: "a", attempt: 3 }),
    event(10, { type: "landing.started", task: "a", attempt: 1 }),
    event(12, { type: "landed", task: "a", attempt: 1 }),
    event(13, { type: "task.cancelled", task: "a" }),
  ]);
  expect(lanes.map((l) => [l.attempt, l.landed])).toEqual([
    [1, 12_000],
    [2, null],
  ]);
  expect(lanes[0]?.spans.map((s) => s.phase)).toEqual(["setup", "wait", "land"]);
  expect(lanes[0]?.marks).toEqual([{ at: 4000, kind: "need" }]);
  expect(lanes[1]?.spans).toEqual([
    { from: 0, to: 3000, phase: "setup" },
    { from: 3000, to: 8000, phase: "work" },
    { from: 9000, to: 13_000, phase: "setup" },
  ]);
});

test("what goes on has no end, and a failure ends and marks it", () => {
  const lanes = lanesOf([
    event(0, { type: "attempt.started", task: "a", attempt: 1 }),
    event(1, { type: "attempt.started", task: "b", attempt: 1 }),
    event(5, { type: "task.failed", task: "b", reason: "", code: "" }),
  ]);
  expect(lanes.map((l) => l.spans.at(-1)?.to)).toEqual([null, 5000]);
  expect(lanes[1]?.marks).toEqual([{ at: 5000, kind: "fail" }]);
});

test("a time axis has round steps with room for their labels", () => {
  expect(tickStep(60_000, 1000)).toBe(15_000);
  expect(tickStep(3_600_000, 900)).toBe(600_000);
});
