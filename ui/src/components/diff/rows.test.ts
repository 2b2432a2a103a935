import { expect, test } from "vitest";
import { told } from "../../ipc/fake/lines";
import { type FileDiff, type Hunk, placed } from "../../lib/fileDiff";
import {
  contextOf,
  gapsOf,
  type Layout,
  layRows,
  partnerOf,
  ROW_GAP,
  ROW_NOTE,
  type Rows,
  rowOfLine,
  withNotes,
} from "./rows";

/** A hunk from lines that start with " ", "-" or "+". */
function hunk(oldStart: number, newStart: number, lines: string[]): Hunk {
  let old = oldStart;
  let now = newStart;
  const parsed = lines.map((line) => {
    const text = line.slice(1);
    if (line[0] === "-") return { kind: "removed" as const, old: old++, new: null, text };
    if (line[0] === "+") return { kind: "added" as const, old: null, new: now++, text };
    return { kind: "context" as const, old: old++, new: now++, text };
  });
  const count = (kind: string) => parsed.filter((line) => line.kind !== kind).length;
  return {
    old_start: oldStart,
    new_start: newStart,
    old_lines: count("added"),
    new_lines: count("removed"),
    lines: parsed,
  };
}

function diff(oldLines: number, newLines: number, hunks: Hunk[]): FileDiff {
  const facts = { path: "a.rs", old_path: null, binary: false, too_large: null, lossy: false };
  return placed(told({ ...facts, old_lines: oldLines, new_lines: newLines, hunks }));
}

/** Rows as text: "3|4" numbers, gaps as "~length", notes as "#index". */
function shown(rows: Rows): string[] {
  return Array.from({ length: rows.count }, (_, row) => {
    const [left, right] = [rows.left[row] ?? -1, rows.right[row] ?? -1];
    if (rows.kind[row] === ROW_GAP) return `~${rows.gaps[left]?.length}`;
    if (rows.kind[row] === ROW_NOTE) return `#${left}`;
    return `${left < 0 ? "" : rows.lines[left]?.old}|${right < 0 ? "" : rows.lines[right]?.new}`;
  });
}

const two = diff(40, 41, [
  hunk(10, 10, [" a", "-let one = 1;", "+let one = 2;", "+let two = 2;", " b"]),
  hunk(30, 31, [" c", "-gone", " d"]),
]);

function rows(layout: Layout): string[] {
  return shown(layRows(two, layout));
}

test("unified: removed lines, then added ones, folded regions between", () => {
  expect(rows("unified")).toEqual([
    "~9",
    "10|10",
    "11|",
    "|11",
    "|12",
    "12|13",
    "~17",
    "30|31",
    "31|",
    "32|32",
    "~8",
  ]);
});

test("split: partners beside each other", () => {
  expect(rows("split")).toEqual([
    "~9",
    "10|10",
    "11|11",
    "|12",
    "12|13",
    "~17",
    "30|31",
    "31|",
    "32|32",
    "~8",
  ]);
});

test("split: a new line above a changed one does not tear the pair apart", () => {
  const file = diff(1, 2, [
    hunk(1, 1, ["-fn delay(a: u32) {", "+/// Says why.", "+fn delay(a: u32, b: R) {"]),
  ]);
  expect(shown(layRows(file, "split"))).toEqual(["|1", "1|2"]);
});

test("gaps of a pure insertion count from the line before it", () => {
  const file = diff(5, 6, [{ ...hunk(3, 4, ["+new"]), old_start: 3, old_lines: 0 }]);
  expect(gapsOf(file).map((gap) => [gap.oldStart, gap.newStart, gap.length])).toEqual([
    [1, 1, 3],
    [4, 5, 2],
  ]);
});

test("an added file has no gaps", () => {
  expect(gapsOf(diff(0, 2, [{ ...hunk(1, 1, ["+a", "+b"]), old_start: 0, old_lines: 0 }]))).toEqual([]);
});

test("unfolding shows lines at both ends of a gap, once they are known", () => {
  const open = new Map([[1, { top: 2, bottom: 1 }]]);
  expect(shown(layRows(two, "unified", open))).toEqual(rows("unified"));
  const same = (count: number) => Array<string>(count).fill(" same");
  const changed = [" a", "-let one = 1;", "+let one = 2;", "+let two = 2;", " b"];
  const wide = diff(40, 41, [
    hunk(1, 1, [...same(9), ...changed, ...same(17), " c", "-gone", " d", ...same(8)]),
  ]);
  const context = contextOf(wide);
  const after = shown(layRows(two, "unified", open, context));
  expect(after.slice(5)).toEqual(["12|13", "13|14", "14|15", "~14", "29|30", "30|31", "31|", "32|32", "~8"]);
});

test("a whole gap unfolds", () => {
  const context = contextOf(diff(40, 41, [hunk(1, 1, Array(40).fill(" x"))]));
  const all = new Map([[0, { top: 1e9, bottom: 0 }]]);
  expect(shown(layRows(two, "split", all, context)).slice(0, 10)).toEqual(
    Array.from({ length: 10 }, (_, i) => `${i + 1}|${i + 1}`),
  );
});

test("changes are where runs of changed lines begin", () => {
  expect(layRows(two, "unified").changes).toEqual([2, 8]);
});

test("notes hang below their line, and move the changes after them", () => {
  const notes = [
    { side: "new" as const, line: 11 },
    { side: "old" as const, line: 31 },
    { side: "new" as const, line: 5 },
  ];
  const laid = withNotes(layRows(two, "split"), notes);
  expect(shown(laid)).toEqual([
    "~9",
    "10|10",
    "11|11",
    "#0",
    "|12",
    "12|13",
    "~17",
    "30|31",
    "31|",
    "#1",
    "32|32",
    "~8",
  ]);
  expect(laid.noteRows).toEqual([3, 9]);
  expect(laid.changes).toEqual([2, 8]);
  expect(rowOfLine(laid, { side: "new", line: 12 })).toBe(4);
  expect(rowOfLine(laid, { side: "new", line: 5 })).toBe(-1);
});

test("partners are found from either line", () => {
  const laid = layRows(two, "unified");
  const text = (i: number | null | undefined) => (i == null ? null : laid.lines[i]?.text);
  const indexOf = (wanted: string) => laid.lines.findIndex((line) => line.text === wanted);
  expect(text(partnerOf(laid, indexOf("let one = 1;")))).toBe("let one = 2;");
  expect(text(partnerOf(laid, indexOf("let one = 2;")))).toBe("let one = 1;");
  expect(partnerOf(laid, indexOf("gone"))).toBeNull();
});

test("100,000 changed lines are laid out in well under a second", () => {
  const lines = Array.from({ length: 100_000 }, (_, i) =>
    i % 3 === 0 ? `-old ${i}` : i % 3 === 1 ? `+new ${i}` : ` same ${i}`,
  );
  const file = diff(70_000, 70_000, [hunk(1, 1, lines)]);
  const started = performance.now();
  expect(layRows(file, "split").count).toBeGreaterThan(60_000);
  expect(performance.now() - started).toBeLessThan(1500);
});

test("in a long diff words pair the lines of its beginning, places those of the rest, and the rows agree", () => {
  const block = ["-let one = call(1);", "-gone for good", "+let one = call(2);", "+something else entirely"];
  const odd = ["-gone for good", "-let one = call(1);", "+let one = call(2);", "+something else entirely"];
  const many = Array.from({ length: 2600 }, (_, n) => hunk(3 * n + 1, 3 * n + 1, [...block, " kept"]));
  const end = 3 * 2600 + 1;
  const laid = layRows(diff(end + 1, end + 1, [...many, hunk(end, end, odd)]), "split");
  const text = (index: number | null | undefined) => (index == null ? null : laid.lines[index]?.text);
  expect(text(partnerOf(laid, 0))).toBe("let one = call(2);");
  expect(partnerOf(laid, 1)).toBeNull();
  // By words the last block would pair its second line.
  const last = laid.lines.length - 4;
  expect(partnerOf(laid, last)).toBe(last + 2);
  expect(shown(laid).slice(-2)).toEqual([`${end}|${end}`, `${end + 1}|${end + 1}`]);
});

test("who a line became is not known before the lines are read, and for a large block it is its place", () => {
  const block = ["-let one = call(1);", "+something else entirely", "+let one = call(2);"];
  const kept = Array.from({ length: 4000 }, (_, n) => ` kept ${n}`);
  const large = [
    ...Array.from({ length: 41 }, (_, n) => `-a ${n}`),
    ...Array.from({ length: 41 }, (_, n) => `+b ${n}`),
  ];
  const laid = layRows(diff(5000, 5000, [hunk(1, 1, [...kept, ...block, " kept", ...large])]), "unified");
  expect(partnerOf(laid, 4000)).toBeUndefined();
  laid.lines.slice(4000, 4003).forEach((line, i) => {
    line.text = (block[i] ?? "").slice(1);
  });
  expect(partnerOf(laid, 4000)).toBe(4002);
  expect(partnerOf(laid, 4001)).toBeNull();
  expect(partnerOf(laid, 4004)).toBe(4004 + 41);
});
