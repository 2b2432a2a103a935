import { expect, test } from "vitest";
import type { DiffLine, Hunk } from "../../lib/fileDiff";
import {
  countParts,
  hasFile,
  hasHunk,
  hunkAt,
  hunkEnd,
  hunkWords,
  type Parts,
  rangeOf,
  takeLabel,
  withFile,
  withHunk,
} from "./collected";

const line = (kind: DiffLine["kind"], old: number | null, next: number | null): DiffLine => ({
  kind,
  old,
  new: next,
  text: "",
});
const hunk = (old_start: number, new_start: number, lines: DiffLine[]): Hunk => ({
  old_start,
  old_lines: lines.filter((l) => l.old !== null).length,
  new_start,
  new_lines: lines.filter((l) => l.new !== null).length,
  lines,
});
const replacing = hunk(3, 3, [
  line("context", 3, 3),
  line("removed", 4, null),
  line("added", null, 4),
  line("added", null, 5),
  line("context", 5, 6),
]);
const removing = hunk(20, 21, [line("context", 20, 21), line("removed", 21, null), line("context", 22, 22)]);
const adding = hunk(0, 1, [line("added", null, 1)]);
const none: Parts = [];

test("a hunk is named by its own four numbers, and taken once", () => {
  const range = rangeOf(replacing);
  expect(range).toEqual({ old_start: 3, old_lines: 3, new_start: 3, new_lines: 4 });
  const one = withHunk(none, "a.rs", range);
  expect(one).toEqual([{ path: "a.rs", hunks: [range] }]);
  expect(hasHunk(one, "a.rs", { ...range })).toBe(true);
  expect(hasHunk(one, "b.rs", range)).toBe(false);
  expect(withHunk(one, "a.rs", { ...range })).toEqual([]);
});

test("hunks stand in the order of their file, and files by path", () => {
  const late = withHunk(withHunk(none, "b.rs", rangeOf(removing)), "b.rs", rangeOf(replacing));
  const both = withHunk(late, "a.rs", rangeOf(adding));
  expect(both.map((part) => part.path)).toEqual(["a.rs", "b.rs"]);
  expect(both[1]?.hunks.map((h) => h.old_start)).toEqual([3, 20]);
  expect(countParts(both)).toBe(3);
});

test("a whole file stands for all of its hunks, and none of them is taken beside it", () => {
  const some = withHunk(none, "a.rs", rangeOf(replacing));
  const whole = withFile(some, "a.rs");
  expect(whole).toEqual([{ path: "a.rs", hunks: [] }]);
  expect(hasFile(some, "a.rs")).toBe(false);
  expect(hasFile(whole, "a.rs")).toBe(true);
  expect(withHunk(whole, "a.rs", rangeOf(removing))).toBe(whole);
  expect(withFile(whole, "a.rs")).toEqual([]);
});

test("the button counts what is taken", () => {
  const one = withHunk(none, "a.rs", rangeOf(replacing));
  expect(takeLabel(one, "B")).toBe("Take 1 hunk from B");
  expect(takeLabel(withFile(none, "a.rs"), "B")).toBe("Take 1 file from B");
  expect(takeLabel(withFile(withHunk(one, "a.rs", rangeOf(removing)), "b.rs"), "B")).toBe(
    "Take 3 parts from B",
  );
});

test("the cursor's hunk is the one around it, or the next one", () => {
  const hunks = [replacing, removing];
  expect(hunkAt(hunks, null)).toBe(replacing);
  expect(hunkAt(hunks, 1)).toBe(replacing);
  expect(hunkAt(hunks, 6)).toBe(replacing);
  expect(hunkAt(hunks, 7)).toBe(removing);
  expect(hunkAt(hunks, 22)).toBe(removing);
  expect(hunkAt(hunks, 400)).toBe(removing);
  expect(hunkAt([], 4)).toBeNull();
});

test("a hunk says in lines what it would do, and hangs below its last change", () => {
  expect(hunkWords(replacing, "A", "B")).toBe("Replaces 1 line of A with 2 of B.");
  expect(hunkWords(removing, "A", "B")).toBe("Removes 1 line of A that B does not have.");
  expect(hunkWords(adding, "A", "B")).toBe("Adds 1 line of B to A.");
  expect(hunkEnd(replacing)).toEqual({ side: "new", line: 5 });
  expect(hunkEnd(removing)).toEqual({ side: "old", line: 21 });
  expect(hunkEnd(hunk(1, 1, [line("context", 1, 1)]))).toBeNull();
});
