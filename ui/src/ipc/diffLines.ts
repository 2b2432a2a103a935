/* What the lines of a file's difference say, read as far as somebody looks. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { allLines, type FileDiff, say } from "../lib/fileDiff";
import type { DiffLine as WireLine } from "./bindings/DiffLine";
import { useEngineState } from "./engine";
import type { queries } from "./queries";
import { request, toWireError } from "./request";

/** Lines that are read at once where somebody looks: some screens, in a few milliseconds. */
const PIECE = 1000;

/** Where all are read: as many as one answer holds. */
const WHOLE = 4000;

/** The same difference stays the same object: what was unfolded and read of it stays too. */
export const sameDiff = (before: unknown, now: unknown): unknown =>
  (before as FileDiff | undefined)?.id === (now as FileDiff).id ? before : now;

type Asked = ReturnType<typeof queries.fileDiff> | ReturnType<typeof queries.fileBetween>;

/** What is being read, by its first line. */
const reading = new WeakMap<FileDiff, Map<number, Promise<boolean>>>();

/**
 * Reads what the line at `index` of all lines says, with those around it. The lines say it when this is done; false
 * when they can't any more, because the file has changed: then the page has the new difference.
 */
export function readAround(
  client: QueryClient,
  asked: Asked,
  diff: FileDiff,
  index: number,
): Promise<boolean> {
  const from = Math.floor(index / PIECE) * PIECE;
  const pieces = reading.get(diff) ?? new Map<number, Promise<boolean>>();
  reading.set(diff, pieces);
  const going =
    pieces.get(from) ?? readPiece(client, asked, diff, from, PIECE).finally(() => pieces.delete(from));
  pieces.set(from, going);
  return going;
}

async function readPiece(
  client: QueryClient,
  asked: Asked,
  diff: FileDiff,
  from: number,
  count: number,
): Promise<boolean> {
  const lines = allLines(diff);
  if (lines.slice(from, from + count).every((line) => line.text !== null)) return true;
  const read = () => request({ type: "diff_lines", id: diff.id, from, count });
  let said: WireLine[];
  try {
    said = await read();
  } catch (problem) {
    if (toWireError(problem).code !== "not_found") throw problem;
    // The engine remembers the last few: this makes it one of them again.
    if ((await fresh(client, asked)).id !== diff.id) return false;
    said = await read();
  }
  say(diff, from, said);
  return true;
}

const fresh = (client: QueryClient, asked: Asked): Promise<FileDiff> =>
  client.fetchQuery({ ...asked, staleTime: 0 } as ReturnType<typeof queries.fileDiff>);

/** Reads all that the lines say. */
export async function readWhole(client: QueryClient, asked: Asked): Promise<FileDiff> {
  let diff = await client.fetchQuery(asked as ReturnType<typeof queries.fileDiff>);
  for (let tries = 0; tries < 3; tries++) {
    let whole = true;
    const { length } = allLines(diff);
    for (let from = diff.told; whole && from < length; from += WHOLE)
      whole = await readPiece(client, asked, diff, from, WHOLE);
    if (whole) return diff;
    diff = await fresh(client, asked);
  }
  throw new Error(`${diff.path} changes all the time: it can't be read as a whole.`);
}

/** `readAround` for the diff that is shown; another one when the engine is there again. */
export function useRead(asked: Asked, diff: FileDiff | undefined): (index: number) => Promise<void> {
  const client = useQueryClient();
  const { connected } = useEngineState();
  const now = useRef(asked);
  now.current = asked;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what could not be read is read when the connection is back
  return useCallback(
    async (index: number) => {
      if (diff) await readAround(client, now.current, diff, index);
    },
    [client, diff, connected],
  );
}
