/* Diffs of the fake as the engine tells them: where all lines stand, what the first say, and the others on demand. */

import type { DiffLine, Hunk } from "../../lib/fileDiff";
import type { DiffLine as WireLine } from "../bindings/DiffLine";
import type { FileDiff as WireDiff } from "../bindings/FileDiff";
import type { LineEnds } from "../bindings/LineEnds";

/** A diff that knows what all of its lines say. */
export type FakeDiff = Omit<WireDiff, "id" | "ends" | "only_ends" | "columns" | "hunks" | "lines"> & {
  hunks: Hunk[];
};

/** As many as the engine tells at once. */
const FIRST = 4000;

const remembered = new Map<string, WireLine[]>();

export function told(diff: FakeDiff): WireDiff {
  const lines = diff.hunks.flatMap((hunk) => hunk.lines);
  const said = lines.map(({ text, cr, no_newline }) => ({
    text: text ?? "",
    ...(cr && { cr }),
    ...(no_newline && { no_newline }),
  }));
  const id = `${diff.path} ${hash(said.map((line, i) => `${lines[i]?.kind}${line.text}`).join("\n"))}`;
  if (said.length > FIRST) remembered.set(id, said);
  return {
    ...diff,
    id,
    ends: endsOf(lines),
    only_ends: onlyEnds(diff),
    columns: Math.max(0, ...chunks(said.map((line) => line.text.length))),
    hunks: diff.hunks.map(({ lines: own, ...range }) => ({ ...range, blocks: blocksOf(own) })),
    lines: said.slice(0, FIRST),
  };
}

/** Null when nothing is known of them. */
export function linesOf(id: string, from: number, count: number): WireLine[] | null {
  return remembered.get(id)?.slice(from, from + count) ?? null;
}

function blocksOf(lines: readonly DiffLine[]): [number, number, number][] {
  const blocks: [number, number, number][] = [];
  const take = (at: number, kind: DiffLine["kind"]) => {
    let end = at;
    while (lines[end]?.kind === kind) end++;
    return end;
  };
  for (let at = 0; at < lines.length; ) {
    const removed = take(at, "context");
    const added = take(removed, "removed");
    const end = take(added, "added");
    if (end > removed) blocks.push([removed - at, added - removed, end - added]);
    at = end;
  }
  return blocks;
}

function endsOf(lines: readonly DiffLine[]): LineEnds {
  const cr = lines.some((line) => line.cr);
  const lf = lines.some((line) => !line.cr && !line.no_newline);
  return cr && lf ? "mixed" : cr ? "crlf" : "lf";
}

function onlyEnds({ hunks }: FakeDiff): LineEnds | null {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const [removed, added] = (["removed", "added"] as const).map((kind) =>
    lines.filter((l) => l.kind === kind),
  );
  const got = added?.[0]?.cr ?? false;
  const only =
    removed?.length === added?.length &&
    added?.every(
      (line, i) =>
        line.text === removed?.[i]?.text && (line.cr ?? false) === got && got === !removed?.[i]?.cr,
    );
  return only && added?.length ? endsOf(lines.filter((line) => line.kind !== "removed")) : null;
}

/** The largest of each thousand: more than that are no arguments. */
function chunks(numbers: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < numbers.length; i += 1000) out.push(Math.max(...numbers.slice(i, i + 1000)));
  return out;
}

function hash(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return sum >>> 0;
}
