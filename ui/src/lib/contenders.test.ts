import { expect, test } from "vitest";
import type { AttemptView } from "../ipc/bindings/AttemptView";
import type { Contender } from "../ipc/bindings/Contender";
import type { TaskDetail } from "../ipc/bindings/TaskDetail";
import {
  agentsWord,
  alone,
  comparable,
  contenderNames,
  contendersLine,
  contendersTold,
  currentAttempt,
  firstPair,
  standingOf,
} from "./contenders";

const stage = (word: string) => ({ kind: "implementing" as const, word, reason: null, commit: null });
const contender = (agent: string, attempt: number | null, word = "Working"): Contender => ({
  agent,
  attempt,
  stage: stage(word),
});
const tried = (number: number, more: Partial<AttemptView> = {}) =>
  ({ number, base: "b", adopted: false, actions: [], stage: stage(`of ${number}`), ...more }) as AttemptView;
const detail = (contenders: Contender[], attempts: AttemptView[], attempt: number | null = null) =>
  ({
    task: { contenders, attempt, stage: stage("of the task") },
    attempts,
    actions: [{ action: "cancel", effect: "" }],
  }) as unknown as TaskDetail;

test("one line says how each of them stands", () => {
  const both = [
    contender("opus", 1),
    { ...contender("gpt", 2), stage: { ...stage("Ready to compare"), kind: "awaiting_approval" as const } },
  ];
  expect(contendersLine(both)).toBe("opus Working · gpt Ready");
  expect(contendersLine([...both, contender("opus", 3)])).toBe("2 Working · 1 Ready");
  expect(contendersTold(both)).toBe("opus: Working\ngpt: Ready to compare");
});

test("the same agent twice is told apart, by its place while it has no attempt", () => {
  expect(contenderNames([contender("opus", 3), contender("gpt", 4), contender("opus", null)])).toEqual([
    "opus 3",
    "gpt",
    "opus 3",
  ]);
  expect(agentsWord(["opus", "gpt", "opus"])).toBe("opus ×2 + gpt");
});

test("an attempt is named only where several stand side by side", () => {
  expect(alone({ contenders: [] }, 2)).toBeUndefined();
  expect(alone({ contenders: [contender("opus", 2)] }, 2)).toBeUndefined();
  expect(alone({ contenders: [contender("opus", 1), contender("gpt", 2)] }, 2)).toBe(2);
});

test("an adopted attempt is the current one, though a newer one was tried beside it", () => {
  expect(currentAttempt(detail([], [tried(2), tried(1, { adopted: true })], 1))?.number).toBe(1);
  expect(currentAttempt(detail([], [tried(2), tried(1)], 3))?.number).toBe(2);
  expect(currentAttempt(detail([], []))).toBeNull();
});

test("one of several stands by itself, the only one with its task", () => {
  const own = [{ action: "discard" as const, effect: "That one alone." }];
  const all = [...own, { action: "cancel" as const, effect: "All of them." }];
  const several = detail(
    [contender("opus", 1), contender("gpt", 2)],
    [tried(3), tried(2), tried(1, { actions: all })],
  );
  const [late, , first] = several.attempts;
  if (!late || !first) throw new Error("attempts are missing");
  expect(standingOf(several, first)).toMatchObject({ current: true, actions: own, alone: 1 });
  expect(standingOf(several, first).stage.word).toBe("of 1");
  expect(standingOf(several, late)).toMatchObject({ current: false, actions: [] });
  const only = detail([], [tried(1)], 1);
  const [one] = only.attempts;
  if (!one) throw new Error("the attempt is missing");
  expect(standingOf(only, one)).toMatchObject({ current: true, actions: [{ action: "cancel" }] });
  expect(standingOf(only, one).alone).toBeUndefined();
  expect(standingOf(only, one).stage.word).toBe("of the task");
});

test("only attempts from one base are compared, and the adopted one is among the first two", () => {
  const several = detail([], [tried(4), tried(3), tried(2, { base: "other" }), tried(1, { adopted: true })]);
  expect(comparable(several).map((a) => a.number)).toEqual([1, 3, 4]);
  expect(firstPair(several)).toEqual([1, 3]);
  expect(firstPair(detail([], [tried(2), tried(1, { base: "other" })]))).toBeNull();
});

test("those that try it now come before what was tried earlier", () => {
  const now = detail(
    [contender("opus", 2), contender("gpt", 3)],
    [tried(3), tried(2), tried(1, { adopted: false })],
  );
  expect(firstPair(now)).toEqual([2, 3]);
});
