// What the lines in sight say, read when they come into sight.

import { useCallback, useEffect, useState } from "react";
import { allLines, type DiffLine, type FileDiff } from "../../lib/fileDiff";
import { toastError } from "../toast";
import type { Rows } from "./rows";

/** Reads what the line at an index of all lines says, with those around it. */
export type ReadAround = (index: number) => Promise<void>;

export function useTexts(
  diff: FileDiff,
  rows: Rows,
  first: number,
  last: number,
  flies: boolean,
  read: ReadAround | undefined,
): {
  /** Changes whenever lines have come to say something. */
  version: number;
  /** Is done when all of these lines say something; fails when they can't be read. */
  need: (lines: readonly DiffLine[]) => Promise<void>;
} {
  const [version, setVersion] = useState(0);
  const need = useCallback(
    async (lines: readonly DiffLine[]) => {
      const silent = lines.filter((line) => line.text === null);
      if (silent.length === 0 || !read) return;
      const all = allLines(diff);
      try {
        for (const line of silent) {
          // The one before may have brought it.
          const index = line.text === null ? all.indexOf(line) : -1;
          if (index >= 0) await read(index);
        }
      } finally {
        // What has come is shown, whatever became of the rest.
        setVersion((now) => now + 1);
      }
    },
    [diff, read],
  );

  // What flies past is not read.
  useEffect(() => {
    if (flies || rows.lines.length === diff.told) return;
    const seen: DiffLine[] = [];
    for (let row = first; row < last; row++) {
      for (const index of [rows.left[row], rows.right[row]]) {
        const line = rows.kind[row] === 0 ? rows.lines[index ?? -1] : undefined;
        if (line) seen.push(line);
      }
    }
    need(seen).catch(toastError);
  }, [need, diff, rows, first, last, flies]);
  return { version, need };
}
