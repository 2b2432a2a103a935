// The rows of a diff as numbers: what stands in each row of the split or the unified view, which unchanged
// regions are folded, where the changes begin.
//
// Deliberately absent: heights (geometry.ts), words (words.ts), React. A file of 100,000 lines becomes three
// typed arrays; nothing is made per row until a row is seen.

import type { DiffLine, FileDiff } from "../../lib/fileDiff";
import { CELLS, pairLines } from "./words";

export type Layout = "split" | "unified";

/** A line, or two beside each other: `left` and `right` are indices of `lines`, -1 for nothing. */
export const ROW_LINE = 0;
/** A folded region: `left` is the index of `gaps`. */
export const ROW_GAP = 1;
/** A note below a line: `left` is the index of the notes. */
export const ROW_NOTE = 2;

/** An unchanged region that is folded, before hunk `index` (after the last one when `index` is the number of hunks). */
export type Gap = {
  index: number;
  /** First folded line on each side, 1-based, and how many are folded. */
  oldStart: number;
  newStart: number;
  length: number;
};

/** How many lines of a gap were unfolded from its top and from its bottom. */
export type Unfolded = { top: number; bottom: number };

/** Where a note hangs. */
export type NoteAt = { side: "old" | "new"; line: number };

export type Rows = {
  lines: DiffLine[];
  /** Who became whom, for `partnerOf`, which finds out what the layout did not have to know. */
  partners: Int32Array;
  gaps: Gap[];
  kind: Uint8Array;
  left: Int32Array;
  right: Int32Array;
  count: number;
  /** Rows at which a run of changed lines begins, for hunk navigation. */
  changes: number[];
  /** Rows of notes, ascending. */
  noteRows: number[];
  /** Width of the longest line, in columns. */
  columns: number;
};

/** Unchanged lines by their new number, taken from an answer with a larger context. */
export type Context = Map<number, DiffLine>;

export function contextOf(wide: FileDiff): Context {
  const found: Context = new Map();
  for (const hunk of wide.hunks) {
    for (const line of hunk.lines)
      if (line.kind === "context" && line.new !== null) found.set(line.new, line);
  }
  return found;
}

/** Longer lines are cut at the screen; the rest is said in words. */
export const MAX_COLUMNS = 4000;

export function columnsOf(text: string): number {
  if (!text.includes("\t")) return text.length;
  let columns = 0;
  for (const character of text) columns = character === "\t" ? columns + 4 - (columns % 4) : columns + 1;
  return columns;
}

/** The unchanged regions between the hunks that the answer left out. */
export function gapsOf(diff: FileDiff): Gap[] {
  const gaps: Gap[] = [];
  let oldNext = 1;
  let newNext = 1;
  diff.hunks.forEach((hunk, index) => {
    // Git counts an empty side from the line before it.
    const oldFirst = hunk.old_lines === 0 ? hunk.old_start + 1 : hunk.old_start;
    const newFirst = hunk.new_lines === 0 ? hunk.new_start + 1 : hunk.new_start;
    const length = Math.min(oldFirst - oldNext, newFirst - newNext);
    if (length > 0) gaps.push({ index, oldStart: oldNext, newStart: newNext, length });
    oldNext = oldFirst + hunk.old_lines;
    newNext = newFirst + hunk.new_lines;
  });
  const rest = Math.min(diff.old_lines - oldNext + 1, diff.new_lines - newNext + 1);
  if (diff.hunks.length > 0 && rest > 0) {
    gaps.push({ index: diff.hunks.length, oldStart: oldNext, newStart: newNext, length: rest });
  }
  return gaps;
}

type Building = {
  lines: DiffLine[];
  kind: number[];
  left: number[];
  right: number[];
  /** Blocks with their pairs, by index of `lines`. */
  paired: [from: number, mid: number, to: number, pairs: Int32Array | null][];
};

function push(out: Building, kind: number, left: number, right: number): void {
  out.kind.push(kind);
  out.left.push(left);
  out.right.push(right);
}

/** Rows of a run of removed lines followed by a run of added ones. */
function block(out: Building, from: number, mid: number, to: number, layout: Layout, weighed: boolean): void {
  if (layout === "unified") {
    for (let i = from; i < mid; i++) push(out, ROW_LINE, i, -1);
    for (let i = mid; i < to; i++) push(out, ROW_LINE, -1, i);
    return;
  }
  const pairs = pairsOf(out.lines, from, mid, to, weighed);
  out.paired.push([from, mid, to, pairs]);
  let right = mid;
  let left = from;
  const flush = (leftEnd: number, rightEnd: number) => {
    while (left < leftEnd || right < rightEnd) {
      push(out, ROW_LINE, left < leftEnd ? left++ : -1, right < rightEnd ? right++ : -1);
    }
  };
  for (let i = from; pairs && i < mid; i++) {
    const partner = pairs[i - from] ?? -1;
    if (partner < 0) continue;
    flush(i, mid + partner);
    push(out, ROW_LINE, left++, right++);
  }
  flush(mid, to);
}

/** Pairs of one block: by their words, or the first with the first, the second with the second. */
function pairsOf(
  lines: readonly DiffLine[],
  from: number,
  mid: number,
  to: number,
  weighed: boolean,
): Int32Array | null {
  if (!weighed || (mid - from) * (to - mid) > CELLS) return null;
  const text = (line: DiffLine) => line.text ?? "";
  return pairLines(lines.slice(from, mid).map(text), lines.slice(mid, to).map(text));
}

const UNKNOWN = -2;

/** Notes who became whom: -1 for nobody. */
function remember(
  partners: Int32Array,
  from: number,
  mid: number,
  to: number,
  pairs: Int32Array | null,
): void {
  partners.fill(-1, from, to);
  for (let i = 0; i < mid - from; i++) {
    const partner = pairs ? (pairs[i] ?? -1) : i < to - mid ? i : -1;
    if (partner < 0) continue;
    partners[from + i] = mid + partner;
    partners[mid + partner] = from + i;
  }
}

/**
 * The line that a removed line became, or an added one was; `null` when it has none, `undefined` while lines have to be
 * read to know. By index of `lines`.
 */
export function partnerOf(rows: Rows, line: number): number | null | undefined {
  const { lines: at, partners } = rows;
  const seen = partners[line] ?? -1;
  if (seen !== UNKNOWN) return seen < 0 ? null : seen;
  let from = line;
  while (from > 0 && at[from - 1]?.kind !== "context" && sameBlock(at, from - 1)) from--;
  let mid = from;
  while (at[mid]?.kind === "removed") mid++;
  let to = mid;
  while (at[to]?.kind === "added" && (to === mid || sameBlock(at, to - 1))) to++;
  const byWords = (mid - from) * (to - mid) <= CELLS;
  if (byWords && at.slice(from, to).some((one) => one.text === null)) return undefined;
  remember(partners, from, mid, to, pairsOf(at, from, mid, to, true));
  const partner = partners[line] ?? -1;
  return partner < 0 ? null : partner;
}

/** Whether line `i` and the next one belong to the same block: removed lines come before added ones. */
function sameBlock(lines: DiffLine[], i: number): boolean {
  const here = lines[i];
  const next = lines[i + 1];
  if (!here || !next) return false;
  if (here.kind === "added" && next.kind === "removed") return false;
  const follows = (a: number | null, b: number | null) => a === null || b === null || b === a + 1;
  return follows(here.old, next.old) && follows(here.new, next.new);
}

/** Lays a diff out. */
export function layRows(
  diff: FileDiff,
  layout: Layout,
  unfolded: ReadonlyMap<number, Unfolded> = new Map(),
  context: Context = new Map(),
): Rows {
  const out: Building = { lines: [], kind: [], left: [], right: [], paired: [] };
  const gaps: Gap[] = [];
  const changes: number[] = [];
  const before = new Map(gapsOf(diff).map((gap) => [gap.index, gap]));
  let columns = Math.max(1, Math.min(diff.columns, MAX_COLUMNS));
  let laid = 0;

  const unchanged = (line: DiffLine) => {
    const at = out.lines.push(line) - 1;
    push(out, ROW_LINE, at, at);
  };
  const fold = (gap: Gap | undefined) => {
    if (!gap) return;
    const open = unfolded.get(gap.index) ?? { top: 0, bottom: 0 };
    const has = (offset: number) => context.get(gap.newStart + offset);
    let top = 0;
    while (top < Math.min(open.top, gap.length) && has(top)) top++;
    let bottom = 0;
    while (bottom < Math.min(open.bottom, gap.length - top) && has(gap.length - 1 - bottom)) bottom++;
    const show = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        const line = has(i);
        if (!line) continue;
        unchanged(line);
        columns = Math.max(columns, columnsOf((line.text ?? "").slice(0, MAX_COLUMNS)));
      }
    };
    show(0, top);
    const length = gap.length - top - bottom;
    if (length > 0) {
      const rest = { index: gap.index, oldStart: gap.oldStart + top, newStart: gap.newStart + top, length };
      push(out, ROW_GAP, gaps.push(rest) - 1, -1);
    }
    show(gap.length - bottom, gap.length);
  };

  diff.hunks.forEach((hunk, index) => {
    fold(before.get(index));
    for (let i = 0; i < hunk.lines.length; ) {
      const line = hunk.lines[i];
      if (!line) break;
      if (line.kind === "context") {
        unchanged(line);
        i++;
        continue;
      }
      const from = out.lines.length;
      changes.push(out.kind.length);
      while (hunk.lines[i]?.kind === "removed") out.lines.push(hunk.lines[i++] as DiffLine);
      const mid = out.lines.length;
      while (hunk.lines[i]?.kind === "added") out.lines.push(hunk.lines[i++] as DiffLine);
      // By their words as far as they were told at once: what is read later must not move what is seen.
      block(out, from, mid, out.lines.length, layout, laid + i <= diff.told);
    }
    laid += hunk.lines.length;
  });
  fold(before.get(diff.hunks.length));

  const partners = new Int32Array(out.lines.length).fill(UNKNOWN);
  for (const pairs of out.paired) remember(partners, ...pairs);
  return {
    lines: out.lines,
    partners,
    gaps,
    kind: new Uint8Array(out.kind),
    left: new Int32Array(out.left),
    right: new Int32Array(out.right),
    count: out.kind.length,
    changes,
    noteRows: [],
    columns,
  };
}

/** Puts note rows below the last row that shows their line; one whose line is folded is not shown. */
export function withNotes(rows: Rows, notes: readonly NoteAt[]): Rows {
  if (notes.length === 0) return rows;
  const wanted = { old: new Map<number, number[]>(), new: new Map<number, number[]>() };
  notes.forEach(({ side, line }, index) => {
    wanted[side].set(line, [...(wanted[side].get(line) ?? []), index]);
  });
  const out: Building = { lines: rows.lines, kind: [], left: [], right: [], paired: [] };
  const noteRows: number[] = [];
  const moved: number[] = [];
  for (let row = 0; row < rows.count; row++) {
    const [kind, left, right] = [rows.kind[row] ?? 0, rows.left[row] ?? -1, rows.right[row] ?? -1];
    moved.push(out.kind.length);
    push(out, kind, left, right);
    if (kind !== ROW_LINE) continue;
    for (const side of ["old", "new"] as const) {
      const number = rows.lines[side === "old" ? left : right]?.[side];
      if (number == null) continue;
      for (const note of wanted[side].get(number) ?? []) {
        noteRows.push(out.kind.length);
        push(out, ROW_NOTE, note, -1);
      }
    }
  }
  return {
    ...rows,
    kind: new Uint8Array(out.kind),
    left: new Int32Array(out.left),
    right: new Int32Array(out.right),
    count: out.kind.length,
    changes: rows.changes.map((row) => moved[row] ?? row),
    noteRows,
  };
}

/** The row that shows a line, or -1 while it is folded. */
export function rowOfLine(rows: Rows, at: NoteAt): number {
  for (let row = 0; row < rows.count; row++) {
    if (rows.kind[row] !== ROW_LINE) continue;
    const line = rows.lines[(at.side === "old" ? rows.left[row] : rows.right[row]) ?? -1];
    if (line && line[at.side] === at.line) return row;
  }
  return -1;
}

/** The number of a row's line on the new side; null for removed lines, folds and notes. */
export function newLineOf(rows: Rows, row: number): number | null {
  if (rows.kind[row] !== ROW_LINE) return null;
  return rows.lines[rows.right[row] ?? -1]?.new ?? null;
}

/** The next line of the new side that is shown, from `row` (exclusive) on; null when there is none. */
export function nextLine(rows: Rows, row: number, step: 1 | -1): number | null {
  for (let at = row + step; at >= 0 && at < rows.count; at += step) {
    const line = newLineOf(rows, at);
    if (line !== null) return line;
  }
  return null;
}

/** Whether a folded region holds a line. */
export function isFoldedIn(gap: Gap, { side, line }: NoteAt): boolean {
  const start = side === "old" ? gap.oldStart : gap.newStart;
  return line >= start && line < start + gap.length;
}

/** The shown lines of the new side, by their number. */
export function newLines(lines: readonly DiffLine[], from: number, to: number): DiffLine[] {
  return lines.filter((line) => line.new !== null && line.new >= from && line.new <= to);
}
