import { expect, test } from "vitest";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { JudgementView } from "../../ipc/bindings/JudgementView";
import type { SideView } from "../../ipc/bindings/SideView";
import type { StageKind } from "../../ipc/bindings/StageKind";
import { adoptEffect, canAdopt, cannotReceive, droppedWords, isAbout, judgementWords } from "./words";

const side = (attempt: number, kind: StageKind = "awaiting_approval", more: Partial<SideView> = {}) =>
  ({
    attempt,
    agent: attempt === 1 ? "opus" : "gpt",
    head: "h",
    stage: { kind, word: "Checking 1 of 2", reason: null, commit: null },
    adopted: false,
    given_up: null,
    ...more,
  }) as SideView;
const view = { a: side(1), b: side(2) } as CompareView;
const swapped = { a: side(2), b: side(1) } as CompareView;
const said = (more: Partial<JudgementView>): JudgementView => ({
  a: 1,
  b: 2,
  head_a: "x",
  head_b: "y",
  by: "codex",
  better: null,
  why: [],
  failed: null,
  void: null,
  at_ms: 0,
  ...more,
});

test("adopting says which others end, that their work is kept, and what comes next", () => {
  expect(adoptEffect(side(1), [{ number: 2, agent: "gpt" }])).toBe(
    "Attempt 2 of gpt ends; its work stays under a keep ref. Then it awaits your approval.",
  );
  const three = adoptEffect(side(1, "checking"), [
    { number: 2, agent: "gpt" },
    { number: 3, agent: "opus" },
  ]);
  expect(three).toContain("Attempts 2 of gpt and 3 of opus end; their work stays under keep refs.");
  expect(three).toContain("once its gates are green");
  expect(adoptEffect(side(1), [], true)).toContain("goes through its gates again, then it awaits");
});

test("only what is still tried and has a head can be adopted, and only until one is", () => {
  expect(canAdopt(side(1), false)).toBe(true);
  expect(canAdopt(side(1), true)).toBe(false);
  expect(canAdopt(side(1, "discarded", { given_up: "it was worse" }), false)).toBe(false);
  expect(canAdopt(side(1, "implementing", { head: null }), false)).toBe(false);
});

test("a preference is told by the letters that are on screen", () => {
  expect(judgementWords(said({ better: 2 }), view)).toBe("The judge codex preferred B both times.");
  expect(judgementWords(said({ better: 2 }), swapped)).toBe("The judge codex preferred A both times.");
  expect(judgementWords(said({}), view)).toContain("whichever it read first, or none");
  expect(judgementWords(said({ failed: "it returned prose." }), view)).toContain("it returned prose.");
});

test("what was said of another pair is not about this one", () => {
  expect(isAbout(said({}), view)).toBe(true);
  expect(isAbout(said({ a: 2, b: 1 }), view)).toBe(true);
  expect(isAbout(said({ b: 3 }), view)).toBe(false);
});

test("only what rests with a head receives, and what was given up or lands never does", () => {
  expect(cannotReceive(side(1), "A")).toBeNull();
  expect(cannotReceive(side(1, "failed", { given_up: "Attempt 2 (gpt) was adopted instead." }), "A")).toBe(
    "A was given up: Attempt 2 (gpt) was adopted instead. Swap to take from it.",
  );
  expect(cannotReceive(side(1, "awaiting_approval", { head: null }), "A")).toContain("nothing yet");
  expect(cannotReceive(side(1, "checking"), "A")).toBe(
    "A is at work (Checking 1 of 2): parts can be taken into it once it rests.",
  );
  const asks = (code: string) => ({
    stage: {
      kind: "needs_you" as const,
      word: "Needs you",
      reason: { code, text: "", paths: [] },
      commit: null,
    },
  });
  expect(cannotReceive(side(1, "needs_you", asks("findings_remain")), "A")).toBeNull();
  expect(cannotReceive(side(1, "needs_you", asks("permission")), "A")).toContain("once it rests");
  expect(cannotReceive(side(1, "landing"), "A")).toContain("can't be changed");
});

test("what is dropped is counted, with the head that moved", () => {
  const [from, to] = ["1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"];
  expect(droppedWords(2, [{ name: "B", from, to }])).toBe(
    "2 collected parts were dropped: the head of B moved from 1111111 to 2222222.",
  );
});
