/* Differences of small texts, really computed, and hunks really applied: enough to take parts from one to another. */

import type { DiffLine, Hunk } from "../../../lib/fileDiff";
import type { HunkRange } from "../../bindings/HunkRange";
import type { FakeDiff } from "../lines";
import { refuse } from "../refuse";

/** Files by path. */
export type Tree = ReadonlyMap<string, string>;

export const linesOf = (text: string | undefined): string[] =>
  text === undefined || text === "" ? [] : text.replace(/\n$/, "").split("\n");

/** Every line of both texts in its order: kept, removed or added. */
function compareLines(olds: string[], news: string[]): DiffLine[] {
  const width = news.length + 1;
  const common = new Uint16Array((olds.length + 1) * width);
  for (let o = olds.length - 1; o >= 0; o--) {
    for (let n = news.length - 1; n >= 0; n--) {
      const at = o * width + n;
      common[at] =
        olds[o] === news[n]
          ? (common[at + width + 1] ?? 0) + 1
          : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let o = 0;
  let n = 0;
  while (o < olds.length || n < news.length) {
    const at = o * width + n;
    const [old, next] = [olds[o], news[n]];
    if (old !== undefined && old === next) {
      lines.push({ kind: "context", old: ++o, new: ++n, text: old });
    } else if (
      old !== undefined &&
      (next === undefined || (common[at + width] ?? 0) >= (common[at + 1] ?? 0))
    ) {
      lines.push({ kind: "removed", old: ++o, new: null, text: old });
    } else if (next !== undefined) lines.push({ kind: "added", old: null, new: ++n, text: next });
  }
  return lines;
}

/** As git cuts them: changes with lines around, those that would touch in one. */
function hunksOf(lines: DiffLine[], context: number): Hunk[] {
  const hunks: Hunk[] = [];
  let from = -1;
  let to = -1;
  const cut = () => {
    if (from < 0) return;
    const part = lines.slice(from, to);
    const before = lines.slice(0, from);
    const [olds, news] = [part.filter((l) => l.old !== null), part.filter((l) => l.new !== null)];
    hunks.push({
      // A side without lines is counted from the line before it.
      old_start: olds[0]?.old ?? before.filter((l) => l.old !== null).length,
      old_lines: olds.length,
      new_start: news[0]?.new ?? before.filter((l) => l.new !== null).length,
      new_lines: news.length,
      lines: part,
    });
    from = -1;
  };
  lines.forEach((line, i) => {
    if (line.kind === "context") return;
    const start = Math.max(0, i - context);
    if (from >= 0 && start > to) cut();
    if (from < 0) from = start;
    to = Math.min(lines.length, i + 1 + context);
  });
  cut();
  return hunks;
}

export function diffTexts(path: string, from: Tree, to: Tree, context: number): FakeDiff {
  const [olds, news] = [linesOf(from.get(path)), linesOf(to.get(path))];
  return {
    path,
    old_path: null,
    binary: false,
    too_large: null,
    lossy: false,
    old_lines: olds.length,
    new_lines: news.length,
    hunks: hunksOf(compareLines(olds, news), context),
  };
}

export function countChanges(path: string, from: Tree, to: Tree): { added: number; deleted: number } {
  const lines = compareLines(linesOf(from.get(path)), linesOf(to.get(path)));
  return {
    added: lines.filter((l) => l.kind === "added").length,
    deleted: lines.filter((l) => l.kind === "removed").length,
  };
}

/** A file with some of its hunks replaced by the other's lines; refuses ranges that are no hunks of the two. */
export function withHunks(path: string, into: Tree, from: Tree, ranges: readonly HunkRange[]): string {
  const known = diffTexts(path, into, from, 3).hunks;
  const [olds, news] = [linesOf(into.get(path)), linesOf(from.get(path))];
  const index = (start: number, count: number) => (count === 0 ? start : start - 1);
  for (const range of [...ranges].sort((x, y) => y.old_start - x.old_start)) {
    const isHunk = known.some(
      (h) =>
        h.old_start === range.old_start &&
        h.old_lines === range.old_lines &&
        h.new_start === range.new_start &&
        h.new_lines === range.new_lines,
    );
    if (!isHunk) refuse("refused", `${path} has no such hunk.`, "Look at the two again.");
    const taken = index(range.new_start, range.new_lines);
    olds.splice(
      index(range.old_start, range.old_lines),
      range.old_lines,
      ...news.slice(taken, taken + range.new_lines),
    );
  }
  return olds.length === 0 ? "" : `${olds.join("\n")}\n`;
}
