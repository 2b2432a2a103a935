import { expect, test } from "vitest";
import { stageLook, stepAt, stepsOf } from "./stage";

test("states of different meaning differ in shape, not in hue alone", () => {
  const shapes = [
    "waiting",
    "implementing",
    "needs_you",
    "awaiting_approval",
    "landed",
    "failed",
    "cancelled",
  ] as const;
  expect(new Set(shapes.map((s) => stageLook[s].shape)).size).toBe(shapes.length);
});

test("the ring advances along the way", () => {
  const way = (["preparing", "implementing", "checking", "landing"] as const).map((s) => stageLook[s].shape);
  expect(way).toEqual(["ring1", "ring2", "ring3", "ring4"]);
});

test("review and fixing are steps only where there are such", () => {
  expect(stepsOf(false, false)).toEqual(["Setup", "Work", "Check", "Approve", "Land"]);
  expect(stepsOf(true, false)).toContain("Review");
  expect(stepsOf(true, false)).not.toContain("Fix");
  expect(stepsOf(true, true).slice(2, 6)).toEqual(["Check", "Review", "Fix", "Approve"]);
  expect(stepAt("reviewing")).toBe("Review");
  expect(stepAt("landed")).toBe("done");
  expect(stepAt("needs_you")).toBeNull();
});
