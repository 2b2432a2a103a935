import { expect, test } from "vitest";
import type { FindingView } from "../../ipc/bindings/FindingView";
import type { RequirementView } from "../../ipc/bindings/RequirementView";
import type { ReviewedView } from "../../ipc/bindings/ReviewedView";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import { verdictLook } from "../../lib/verdict";
import {
  canWaive,
  fixable,
  grouped,
  placeOfPoint,
  placeWord,
  readingOf,
  stateCounts,
  stepFrom,
  walk,
} from "./points";

const finding = (id: string, more: Partial<FindingView> = {}): FindingView => ({
  id,
  kind: "quality",
  severity: "minor",
  file: "src/a.rs",
  line: 3,
  end_line: null,
  why: "why",
  verify: "how",
  by: "codex",
  round: 0,
  seen: 1,
  state: "open",
  addressed_round: null,
  waived: null,
  blocks: false,
  ...more,
});

const requirement = (id: string, status: RequirementView["status"], waived: string | null = null) => ({
  id,
  text: "text",
  status,
  evidence: [{ file: "src/b.rs", line: 7, why: "there" }],
  waived,
});

const last: ReviewedView = {
  head: "3f2a91c0d4e5f6a7b8c9d0e1f2a3b4c5d6e7f809",
  base: "90be1129f0a4c3d2e1b0a9f8e7d6c5b4a3928170",
  by: ["codex"],
  verdict: "gaps",
  failed: null,
  void: null,
  at_ms: 0,
};

const review = (more: Partial<ReviewView> = {}): ReviewView => ({
  last,
  rounds: 1,
  most_rounds: 5,
  requirements: [requirement("1", "met"), requirement("2", "unmet"), requirement("3", "unverifiable")],
  findings: [
    finding("F1"),
    finding("F2", { severity: "critical", state: "addressed" }),
    finding("F3", { severity: "critical" }),
  ],
  ...more,
});

test("findings stand by severity, the open ones first, and settled ones only when asked for", () => {
  const ids = (filter: "open" | "all") =>
    grouped(review().findings, filter).map((g) => [g.severity, g.findings.map((f) => f.id).join()]);
  expect(ids("open")).toEqual([
    ["critical", "F3"],
    ["minor", "F1"],
  ]);
  expect(ids("all")).toEqual([
    ["critical", "F3,F2"],
    ["minor", "F1"],
  ]);
  expect(stateCounts(review().findings)).toBe("2 open · 1 addressed");
});

test("every verdict has a shape and a word of its own", () => {
  const all = [
    requirement("1", "met"),
    requirement("1", "unmet"),
    requirement("1", "unverifiable"),
    requirement("1", null),
    requirement("1", "unmet", "not now"),
  ].map(verdictLook);
  expect(new Set(all.map((look) => look.shape)).size).toBe(5);
  expect(all.map((look) => look.word)).toEqual(["Met", "Unmet", "Unverifiable", "Not judged", "Waived"]);
});

test("only what a reviewer did not find met can be waived, once", () => {
  expect(canWaive(requirement("1", "unmet"))).toBe(true);
  expect(canWaive(requirement("1", "unverifiable"))).toBe(true);
  expect(canWaive(requirement("1", "met"))).toBe(false);
  expect(canWaive(requirement("1", null))).toBe(false);
  expect(canWaive(requirement("1", "unmet", "because"))).toBe(false);
});

test("the walk goes along what is open, around the end, and each point has its place", () => {
  const points = walk(review(), "open");
  expect(points.map((p) => p.id)).toEqual(["2", "3", "F3", "F1"]);
  const [first, second] = points;
  expect(stepFrom(points, null, 1)).toEqual(first);
  expect(stepFrom(points, first ?? null, 1)).toEqual(second);
  expect(stepFrom(points, first ?? null, -1)?.id).toBe("F1");
  // What was settled meanwhile is no place to go on from.
  expect(stepFrom(points, { kind: "finding", id: "F2" }, 1)).toEqual(first);
  expect(stepFrom([], null, 1)).toBeNull();
  expect(placeOfPoint({ kind: "finding", id: "F3" }, review())).toEqual({
    file: "src/a.rs",
    line: 3,
    end: null,
  });
  expect(placeOfPoint({ kind: "requirement", id: "2" }, review())?.file).toBe("src/b.rs");
});

test("places in words", () => {
  expect(placeWord({ file: "src/a.rs", line: 3, end: 9 })).toBe("a.rs:3–9");
  expect(placeWord({ file: "src/a.rs", line: 3, end: 3 })).toBe("a.rs:3");
  expect(placeWord({ file: "src/a.rs", line: null, end: null }, true)).toBe("src/a.rs");
});

test("the newest review is bound to its commits, and says when it does not count", () => {
  expect(readingOf(review({ last: null }))).toMatchObject({ word: "Not reviewed", unread: true });
  expect(readingOf(review())).toMatchObject({
    word: "Gaps: 1 unmet, 2 findings open",
    facts: "3f2a91c on 90be112 · by codex",
    unread: false,
    struck: false,
  });
  const failed = readingOf(review({ last: { ...last, verdict: "failed", failed: "It returned prose." } }));
  expect(failed).toMatchObject({ word: "Review failed", why: "It returned prose.", unread: true });
  const gone = readingOf(review({ last: { ...last, verdict: "pass", void: "The head moved since." } }));
  expect(gone).toMatchObject({ struck: true, unread: true, why: "The head moved since.", shape: "slash" });
});

test("defects of the spec are no work for a fixer", () => {
  const findings = [
    finding("F1", { kind: "spec_defect" }),
    finding("F2"),
    finding("F3", { state: "waived" }),
  ];
  expect(fixable(review({ findings }))).toEqual({ findings: 1, unmet: 1 });
});
