import { expect, test } from "vitest";
import type { EvidenceView } from "../../ipc/bindings/EvidenceView";
import type { LandingEntry } from "../../ipc/bindings/LandingEntry";
import type { LandingView } from "../../ipc/bindings/LandingView";
import { candidateEvidence, distance, failedFor, laneOf } from "./lane";

const entry = (task: string, over: Partial<LandingEntry> = {}): LandingEntry => ({
  task,
  title: task,
  attempt: 1,
  head: `head-${task}`,
  stage: { kind: "queued", word: "Queued", reason: null, commit: null },
  candidate: null,
  onto: null,
  evidence: [],
  since_ms: 0,
  ...over,
});

const view = (queue: LandingEntry[]): LandingView => ({
  target: "main",
  tip: "t",
  upstream: null,
  queue,
  held: [],
  landed: [],
});

const record = (over: Partial<EvidenceView>): EvidenceView => ({
  check: "test",
  merged: true,
  head: "c1",
  base: "t",
  code: 0,
  passed: true,
  void: null,
  run: null,
  reused: false,
  duration_ms: 1,
  at_ms: 1,
  ...over,
});

test("the first is under test once there is a candidate", () => {
  expect(laneOf(view([]))).toEqual({ now: null, next: [] });
  const queued = [entry("a"), entry("b")];
  expect(laneOf(view(queued))).toEqual({ now: null, next: queued });
  const tested = [entry("a", { candidate: "c1" }), entry("b")];
  expect(laneOf(view(tested)).now?.task).toBe("a");
  expect(laneOf(view(tested)).next.map((one) => one.task)).toEqual(["b"]);
});

test("only what was seen of this candidate counts", () => {
  const evidence = [
    record({ head: "c1" }),
    record({ head: "older" }),
    record({ head: "c1", void: "the target moved" }),
    record({ head: "c1", merged: false }),
  ];
  expect(candidateEvidence(entry("a", { candidate: "c1", evidence }))).toEqual([evidence[0]]);
});

test("the newest failure on the merged tree is the reason to show", () => {
  const evidence = [
    record({ passed: false, at_ms: 1, run: "r1" }),
    record({ passed: false, at_ms: 2, run: "r2" }),
  ];
  expect(failedFor(entry("a", { evidence }))?.run).toBe("r2");
  expect(failedFor(entry("a"))).toBeNull();
});

test("the distance to the upstream is said in words", () => {
  const say = (ahead: number, behind: number) => distance({ name: "origin/main", ahead, behind });
  expect(say(0, 0)).toBe("Even with origin/main");
  expect(say(3, 0)).toBe("3 ahead of origin/main");
  expect(say(0, 2)).toBe("2 behind origin/main");
  expect(say(1, 2)).toBe("1 ahead of origin/main, 2 behind");
});
