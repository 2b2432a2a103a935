// Parts that a person collects from one attempt to take them into the other: whole files and hunks. Pure.
//
// Deliberately absent: where they are kept (collection.ts) and how they are sent (useTaking.ts).

import type { HunkRange } from "../../ipc/bindings/HunkRange";
import type { Taken } from "../../ipc/bindings/Taken";
import type { Hunk } from "../../lib/fileDiff";
import { count } from "../../lib/format";

export type Parts = readonly Taken[];

/** The hunk's own numbers, exactly as the engine gave them: they are its name. */
export function rangeOf({ old_start, old_lines, new_start, new_lines }: Hunk): HunkRange {
  return { old_start, old_lines, new_start, new_lines };
}

export const rangeKey = (r: HunkRange) => `${r.old_start},${r.old_lines} ${r.new_start},${r.new_lines}`;

const partOf = (parts: Parts, path: string) => parts.find((part) => part.path === path);

export function hasFile(parts: Parts, path: string): boolean {
  return partOf(parts, path)?.hunks.length === 0;
}

export function hasHunk(parts: Parts, path: string, range: HunkRange): boolean {
  return partOf(parts, path)?.hunks.some((one) => rangeKey(one) === rangeKey(range)) ?? false;
}

/** The whole file, instead of any of its hunks; a second time: no longer. */
export function withFile(parts: Parts, path: string): Parts {
  const others = parts.filter((part) => part.path !== path);
  return hasFile(parts, path) ? others : inOrder([...others, { path, hunks: [] }]);
}

/** One hunk more, or no longer. Of a file that is taken whole, no hunk is taken by itself. */
export function withHunk(parts: Parts, path: string, range: HunkRange): Parts {
  if (hasFile(parts, path)) return parts;
  const others = parts.filter((part) => part.path !== path);
  const hunks = partOf(parts, path)?.hunks ?? [];
  const next = hasHunk(parts, path, range)
    ? hunks.filter((one) => rangeKey(one) !== rangeKey(range))
    : [...hunks, range].sort((x, y) => x.old_start - y.old_start || x.new_start - y.new_start);
  return next.length === 0 ? others : inOrder([...others, { path, hunks: next }]);
}

const inOrder = (parts: Taken[]): Parts => parts.sort((x, y) => (x.path < y.path ? -1 : 1));

/** A whole file is one part, and so is each hunk. */
export function countParts(parts: Parts): number {
  return parts.reduce((n, { hunks }) => n + Math.max(1, hunks.length), 0);
}

/** "Take 3 parts from B", "Take src/a.rs from B". */
export function takeLabel(parts: Parts, from: string): string {
  const n = countParts(parts);
  const [only] = parts;
  if (n !== 1 || !only) return `Take ${count(n, "part")} from ${from}`;
  return `Take ${only.hunks.length === 0 ? "1 file" : "1 hunk"} from ${from}`;
}

/** What a list of the parts says of one. */
export function partWord({ hunks }: Taken): string {
  return hunks.length === 0 ? "whole file" : count(hunks.length, "hunk");
}

/** The hunk that holds a line of the new side, or begins next after it; null where there is none. */
export function hunkAt(hunks: readonly Hunk[], line: number | null): Hunk | null {
  if (line === null) return hunks[0] ?? null;
  return hunks.find((h) => line < h.new_start + Math.max(1, h.new_lines)) ?? hunks.at(-1) ?? null;
}

/** What taking a hunk does, in lines. */
export function hunkWords(hunk: Hunk, into: string, from: string): string {
  const removed = hunk.lines.filter((line) => line.kind === "removed").length;
  const added = hunk.lines.filter((line) => line.kind === "added").length;
  if (removed === 0) return `Adds ${count(added, "line")} of ${from} to ${into}.`;
  if (added === 0) return `Removes ${count(removed, "line")} of ${into} that ${from} does not have.`;
  return `Replaces ${count(removed, "line")} of ${into} with ${added} of ${from}.`;
}

/** Where a hunk's button hangs: below its last changed line. */
export function hunkEnd(hunk: Hunk): { side: "old" | "new"; line: number } | null {
  const last = hunk.lines.findLast((line) => line.kind !== "context");
  if (!last) return null;
  if (last.new !== null) return { side: "new", line: last.new };
  return last.old === null ? null : { side: "old", line: last.old };
}
