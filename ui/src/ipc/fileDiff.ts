/*
 * How one file differs, as the page holds it: every line has its place from the beginning, and what it says is
 * filled in when it comes into sight.
 */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { DiffLine as WireLine } from "./bindings/DiffLine";
import type { FileDiff as WireDiff } from "./bindings/FileDiff";
import type { HunkRange } from "./bindings/HunkRange";
import type { queries } from "./queries";
import { request, toWireError } from "./request";

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

/** Lines that are read at once: some screens, in a few milliseconds. */
const PIECE = 1000;

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
function say(diff: FileDiff, from: number, said: readonly WireLine[]): void {
  const lines = allLines(diff);
  said.forEach((line, i) => {
    Object.assign(lines[from + i] ?? {}, line);
  });
}

/** The same difference stays the same object: what was unfolded and read of it stays too. */
export const sameDiff = (before: unknown, now: unknown): unknown =>
  (before as FileDiff | undefined)?.id === (now as FileDiff).id ? before : now;

type Asked = ReturnType<typeof queries.fileDiff> | ReturnType<typeof queries.fileBetween>;

/** What is being read, by its first line. */
const reading = new WeakMap<FileDiff, Map<number, Promise<void>>>();

/** Reads what the line at `index` of all lines says, with those around it. The lines say it when this is done. */
export function readAround(client: QueryClient, asked: Asked, diff: FileDiff, index: number): Promise<void> {
  const from = Math.floor(index / PIECE) * PIECE;
  const pieces = reading.get(diff) ?? new Map<number, Promise<void>>();
  reading.set(diff, pieces);
  const going = pieces.get(from) ?? readPiece(client, asked, diff, from).finally(() => pieces.delete(from));
  pieces.set(from, going);
  return going;
}

async function readPiece(client: QueryClient, asked: Asked, diff: FileDiff, from: number): Promise<void> {
  const lines = allLines(diff);
  if (lines.slice(from, from + PIECE).every((line) => line.text !== null)) return;
  const read = () => request({ type: "diff_lines", id: diff.id, from, count: PIECE });
  let said: WireLine[];
  try {
    said = await read();
  } catch (problem) {
    if (toWireError(problem).code !== "not_found") throw problem;
    // The engine remembers the last few. If the file has changed since, the page shows the new one by itself.
    const again = await client.fetchQuery({ ...asked, staleTime: 0 } as typeof asked);
    if (again.id !== diff.id) return;
    said = await read();
  }
  say(diff, from, said);
}

/** Reads all that the lines say. */
export async function readWhole(client: QueryClient, asked: Asked): Promise<FileDiff> {
  const diff = await client.fetchQuery(asked as ReturnType<typeof queries.fileDiff>);
  const { length } = allLines(diff);
  for (let index = 0; index < length; index += PIECE) await readAround(client, asked, diff, index);
  return diff;
}

/** `readAround` for the diff that is shown. */
export function useRead(asked: Asked, diff: FileDiff | undefined): (index: number) => Promise<void> {
  const client = useQueryClient();
  const now = useRef(asked);
  now.current = asked;
  return useCallback(
    async (index: number) => {
      if (diff) await readAround(client, now.current, diff, index);
    },
    [client, diff],
  );
}
