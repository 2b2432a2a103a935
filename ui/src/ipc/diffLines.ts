/* What the lines of a file's difference say, read as far as somebody looks. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { allLines, type FileDiff, say } from "../lib/fileDiff";
import type { DiffLine as WireLine } from "./bindings/DiffLine";
import type { queries } from "./queries";
import { request, toWireError } from "./request";

/** Lines that are read at once: some screens, in a few milliseconds. */
const PIECE = 1000;

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
