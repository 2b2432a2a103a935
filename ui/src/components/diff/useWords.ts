// Which words of a line changed, remembered per line; computed when the line is seen.

import { useMemo } from "react";
import { partnerOf, type Rows } from "./rows";
import { type WordDiff, wordDiff } from "./words";

export function useWords(rows: Rows): (line: number) => WordDiff["added"] | undefined {
  return useMemo(() => {
    const found = new Map<number, WordDiff["added"] | undefined>();
    return (index) => {
      if (found.has(index)) return found.get(index);
      const line = rows.lines[index];
      const partner = line && line.kind !== "context" ? partnerOf(rows, index) : null;
      const other = partner == null ? undefined : rows.lines[partner];
      // One that is not read yet is asked about again when it is.
      if (partner === undefined || line?.text === null || other?.text === null) return undefined;
      if (!line || !other) {
        found.set(index, undefined);
        return undefined;
      }
      const words =
        line.kind === "removed" ? wordDiff(line.text, other.text) : wordDiff(other.text, line.text);
      const mine = line.kind === "removed" ? words?.removed : words?.added;
      found.set(index, mine);
      return mine;
    };
  }, [rows]);
}
