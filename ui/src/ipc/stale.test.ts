import { expect, test } from "vitest";
import type { Event } from "./bindings/Event";
import { keys } from "./keys";
import { staleAfter, staleQueries, withoutCovered } from "./stale";

const about = { seq: 1, at: "2026-01-01T00:00:00.000Z", project: "acme", plan: "p" };

test("a landing makes old what other tasks say about starting", () => {
  const stale = staleAfter({ ...about, type: "landed", task: "a", attempt: 1, commit: "c", previous: "b" });
  expect(stale).toContainEqual(keys.plan("p"));
  expect(stale).toContainEqual(keys.tasks("p"));
  expect(stale).toContainEqual(keys.landing("p"));
  expect(stale).toContainEqual(keys.inbox);
});

test("an event of one plan leaves other plans alone", () => {
  for (const type of Object.keys(staleQueries) as Event["type"][]) {
    const event = { ...about, type, task: "a", run: "r" } as Event;
    const plans = staleAfter(event).filter((k) => k[0] === "plan" || k[0] === "task" || k[0] === "runs");
    for (const key of plans) expect(key[1]).toBe("p");
  }
});

test("everything that asks a person makes the inbox old", () => {
  const asking: Event["type"][] = [
    "needs_you",
    "needs_you.settled",
    "task.failed",
    "task.stage",
    "approved",
    "landed",
  ];
  for (const type of asking) {
    expect(staleAfter({ ...about, type, task: "a" } as Event)).toContainEqual(keys.inbox);
  }
});

test("a key that a shorter one covers is left out, and doubles too", () => {
  expect(
    withoutCovered([
      ["task", "p", "a"],
      ["task", "p"],
      ["plan", "p"],
      ["plan", "p"],
    ]),
  ).toEqual([
    ["task", "p"],
    ["plan", "p"],
  ]);
  // A name that merely begins alike is another name.
  expect(withoutCovered([["plan"], ["plan_text", "p"]])).toHaveLength(2);
});
