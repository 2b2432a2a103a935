import { expect, test } from "vitest";
import type { EvidenceView } from "../../ipc/bindings/EvidenceView";
import { chipsOf, scopeWord } from "./evidence";

function record(check: string, at: number, over: Partial<EvidenceView> = {}): EvidenceView {
  return {
    check,
    merged: false,
    head: "h",
    base: "b",
    code: 0,
    passed: true,
    void: null,
    run: null,
    reused: false,
    duration_ms: 10,
    at_ms: at,
    ...over,
  };
}

test("the newest record of each check counts; merged ones come last", () => {
  const chips = chipsOf([
    record("test", 5, { passed: true }),
    record("test", 1, { passed: false, void: "the head moved" }),
    record("test", 4, { merged: true }),
    record("lint", 2),
  ]);
  expect(chips.map((chip) => [chip.name, chip.evidence.passed, chip.evidence.at_ms])).toEqual([
    ["lint", true, 2],
    ["test", true, 5],
    ["test on merged tree", true, 4],
  ]);
});

test("void evidence stays until it is replaced", () => {
  expect(chipsOf([record("test", 1, { void: "the head moved" })])[0]?.evidence.void).toBe("the head moved");
});

test("the scope in words", () => {
  expect(scopeWord(4, 0)).toBe("4 files, all inside");
  expect(scopeWord(1, 0)).toBe("1 file, all inside");
  expect(scopeWord(4, 2)).toBe("2 of 4 files outside");
  expect(scopeWord(0, 0)).toBe("no files changed");
});
