import { expect, test } from "vitest";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { EvidenceView } from "../../ipc/bindings/EvidenceView";
import type { FindingView } from "../../ipc/bindings/FindingView";
import type { RequirementView } from "../../ipc/bindings/RequirementView";
import type { SideView } from "../../ipc/bindings/SideView";
import { betterOf, type FactRow, factRows } from "./facts";

const usage = { model: null, input: 0, output: 0, cached: 0, cost: null as number | null };
const side = (more: Partial<SideView> = {}): SideView => ({
  attempt: 1,
  agent: "opus",
  head: "h",
  stage: { kind: "awaiting_approval", word: "Ready to compare", reason: null, commit: null },
  adopted: false,
  given_up: null,
  keep_refs: [],
  checks_green: 2,
  checks: 2,
  met: 3,
  requirements: 4,
  findings: 1,
  rounds: 1,
  files: 4,
  added: 1212,
  deleted: 4,
  took_ms: 840_000,
  usage,
  ...more,
});
const rows = (a: Partial<SideView>, b: Partial<SideView>, attempt?: AttemptView) =>
  Object.fromEntries(
    factRows({ view: side(a), attempt }, { view: side(b), attempt: undefined }).map((row) => [row.id, row]),
  ) as Record<FactRow["id"], FactRow>;
const better = (row: FactRow | undefined, at = 0) => [row?.a[at]?.better, row?.b[at]?.better];

test("neither is better where they are equal or one is not known", () => {
  expect(betterOf(3, 4, "more")).toBe("b");
  expect(betterOf(3, 4, "less")).toBe("a");
  expect(betterOf(4, 4, "less")).toBeNull();
  expect(betterOf(null, 4, "more")).toBeNull();
});

test("more requirements and green checks are better; less of everything else", () => {
  const found = rows(
    {
      checks_green: 1,
      met: 4,
      findings: 3,
      rounds: 2,
      files: 9,
      took_ms: 60_000,
      usage: { ...usage, cost: 2 },
    },
    { usage: { ...usage, cost: 0.84 } },
  );
  expect(better(found.checks)).toEqual([false, true]);
  expect(better(found.requirements)).toEqual([true, false]);
  expect(better(found.findings)).toEqual([false, true]);
  expect(better(found.findings, 1)).toEqual([false, true]);
  expect(better(found.size)).toEqual([false, true]);
  expect(better(found.size, 1)).toEqual([false, false]);
  expect(better(found.effort)).toEqual([true, false]);
  expect(better(found.effort, 1)).toEqual([false, true]);
  expect(found.size.a[1]?.text).toBe("+1,212 −4");
  expect(found.effort.b[1]?.text).toBe("$0.84");
});

test("an attempt that was not reviewed has not fewer findings than one that was", () => {
  const found = rows({ met: null, findings: 0 }, { findings: 2 });
  expect(found.requirements.a[0]?.text).toBe("not reviewed at this head");
  expect(found.findings.a[0]?.text).toBe("not reviewed");
  expect(better(found.requirements)).toEqual([false, false]);
  expect(better(found.findings)).toEqual([false, false]);
});

test("what has committed nothing is not the smaller one", () => {
  const found = rows({ head: null, files: 0, added: 0, deleted: 0 }, {});
  expect(found.size.a[0]?.text).toBe("nothing committed");
  expect(better(found.size)).toEqual([false, false]);
});

test("checks that have not run are not red", () => {
  const attempt = { evidence: [], review: { requirements: [], findings: [] } } as unknown as AttemptView;
  const found = rows({ checks_green: 0 }, {}, attempt);
  expect(found.checks.a[0]?.text).toBe("not run at this head");
  expect(better(found.checks)).toEqual([false, false]);
});

test("tokens without a price are told as such", () => {
  const found = rows({ usage: { ...usage, input: 900, cached: 100 } }, {});
  expect(found.effort.a[1]).toMatchObject({ text: "1.0k tokens", note: { text: "no price known" } });
  expect(found.effort.b[1]?.text).toBe("no usage told");
});

test("notes name the check that is red, the requirement that is open and how bad findings are", () => {
  const evidence = [
    { check: "test", merged: false, void: null, passed: true },
    { check: "clippy", merged: false, void: null, passed: false },
    { check: "old", merged: false, void: "moved", passed: false },
  ] as EvidenceView[];
  const requirements = [
    { id: "1", status: "met", waived: null },
    { id: "2", status: "unverifiable", waived: null },
    { id: "3", status: "unmet", waived: "Later." },
  ] as RequirementView[];
  const findings = [
    { severity: "minor", state: "open" },
    { severity: "critical", state: "open" },
    { severity: "critical", state: "waived" },
  ] as FindingView[];
  const attempt = { evidence, review: { requirements, findings } } as unknown as AttemptView;
  const found = rows({ checks_green: 1, findings: 2 }, {}, attempt);
  expect(found.checks.a[0]?.note).toEqual({ text: "clippy failed", hue: "fail" });
  expect(found.requirements.a[0]?.note).toEqual({ text: "unverifiable: 2", hue: "need" });
  expect(found.findings.a[0]?.note).toEqual({ text: "1 critical, 1 minor", hue: "fail" });
});
