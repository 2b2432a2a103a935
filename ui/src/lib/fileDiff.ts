// How one file differs, as the page holds it: every line has its place from the beginning, and what it says is
// filled in when it is read.

import type { DiffLine as WireLine } from "../ipc/bindings/DiffLine";
import type { FileDiff as WireDiff } from "../ipc/bindings/FileDiff";
import type { HunkRange } from "../ipc/bindings/HunkRange";

/** Unchanged lines around a change, as git itself shows them: a hunk is named by its numbers in exactly this answer. */
export const CONTEXT = 3;

export type DiffLine = {
  kind: "context" | "removed" | "added";
  /** Its numbers on both sides, 1-based. */
  old: number | null;
  new: number | null;
  /** Without its line end; null while it is not read. */
  text: string | null;
  no_newline?: boolean;
  cr?: boolean;
};

export type Hunk = HunkRange & { lines: DiffLine[] };

export type FileDiff = Omit<WireDiff, "hunks" | "lines"> & {
  hunks: Hunk[];
  /** How many of all lines said something in the first answer. */
  told: number;
};

/** The lines of all hunks, in their order. */
export function allLines(diff: FileDiff): readonly DiffLine[] {
  const [only, ...more] = diff.hunks;
  if (only && more.length === 0) return only.lines;
  let all = flat.get(diff);
  if (!all) {
    all = diff.hunks.flatMap((hunk) => hunk.lines);
    flat.set(diff, all);
  }
  return all;
}
const flat = new WeakMap<FileDiff, readonly DiffLine[]>();

/** Puts the lines of an answer in their places. */
export function placed({ hunks, lines, ...facts }: WireDiff): FileDiff {
  const laid = hunks.map(({ blocks, ...range }): Hunk => {
    // A side without lines is counted from the line before it.
    let old = range.old_start + (range.old_lines === 0 ? 1 : 0);
    let now = range.new_start + (range.new_lines === 0 ? 1 : 0);
    const out: DiffLine[] = [];
    const keep = (until: number) => {
      while (old < until) out.push({ kind: "context", old: old++, new: now++, text: null });
    };
    const end = old + range.old_lines;
    for (const [kept, removed, added] of blocks) {
      keep(old + kept);
      for (let i = 0; i < removed; i++) out.push({ kind: "removed", old: old++, new: null, text: null });
      for (let i = 0; i < added; i++) out.push({ kind: "added", old: null, new: now++, text: null });
    }
    keep(end);
    return { ...range, lines: out };
  });
  const diff = { ...facts, hunks: laid, told: lines.length };
  say(diff, 0, lines);
  return diff;
}

/** In place: a file of 100,000 lines is not copied for each piece of it that is read. */
export function say(diff: FileDiff, from: number, said: readonly WireLine[]): void {
  const lines = allLines(diff);
  said.forEach((line, i) => {
    Object.assign(lines[from + i] ?? {}, line);
  });
}
