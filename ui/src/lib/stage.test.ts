import { expect, test } from "vitest";
import { stageLook } from "./stage";

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
