// Colours for the lines that are seen, fetched from the worker chunk by chunk and kept per line.

import { useEffect, useMemo, useRef, useState } from "react";
import type { DiffLine } from "../../lib/fileDiff";
import type { Rows } from "./rows";
import type { Span } from "./segments";
import { type Highlighter, pageHighlighter } from "./syntax/highlighter";
import { languageOf } from "./syntax/languages";

/** Lines per text. A chunk knows nothing of the one before it: a comment that spans two is coloured in the first. */
const CHUNK = 400;

/** A line longer than this is left out: minified code, and slow to colour. */
const MAX_LINE = 2000;

/** How long the view has to rest before its lines are coloured, in milliseconds. */
const REST = 50;

/** Index of each chunk's first line; chunks end at folded regions, where the text is torn anyway. */
export function chunksOf(lines: readonly DiffLine[]): number[] {
  const starts: number[] = [];
  let size = 0;
  let [old, now] = [0, 0];
  lines.forEach((line, index) => {
    const torn = (line.old !== null && line.old !== old + 1) || (line.new !== null && line.new !== now + 1);
    if (index === 0 || torn || size >= CHUNK) {
      starts.push(index);
      size = 0;
    }
    size++;
    if (line.old !== null) old = line.old;
    if (line.new !== null) now = line.new;
  });
  return starts;
}

const isLong = (line: DiffLine) => (line.text ?? "").length > MAX_LINE;

function chunkAt(starts: readonly number[], line: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((starts[mid] ?? 0) <= line) low = mid;
    else high = mid - 1;
  }
  return low;
}

/** Colours per line of what is between rows `first` and `last`, as far as they are there yet. */
export function useSyntax(
  path: string,
  rows: Rows,
  first: number,
  last: number,
  /** Another one when lines have come to say something. */
  version = 0,
  highlighter: Highlighter = pageHighlighter(),
): (line: DiffLine) => readonly Span[] | undefined {
  const colours = useRef(new WeakMap<DiffLine, readonly Span[]>());
  const asked = useRef(new WeakSet<DiffLine>());
  const [, painted] = useState(0);
  const starts = useMemo(() => chunksOf(rows.lines), [rows]);
  const language = languageOf(path);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: lines that are read are the reason, not an input
  useEffect(() => {
    if (!language) return;
    const ask = async (lines: DiffLine[], skip: DiffLine["kind"]) => {
      const text = lines.map((line) => (isLong(line) ? "" : line.text)).join("\n");
      const spans = await highlighter.highlight(path, language, text);
      if (!spans) return false;
      lines.forEach((line, index) => {
        const found = spans[index];
        if (found && line.kind !== skip && !isLong(line)) colours.current.set(line, found);
      });
      return true;
    };
    // Both sides come into colour at once: each time costs every line in sight.
    const paint = async (answers: Promise<boolean>[]) => {
      const coloured = (await Promise.all(answers)).some(Boolean);
      if (coloured && !gone.current) painted((version) => version + 1);
    };
    const askForSeen = () => {
      const chunks = new Set<number>();
      for (let row = first; row < last; row++) {
        const left = rows.left[row] ?? -1;
        const right = rows.right[row] ?? -1;
        if (rows.kind[row] !== 0) continue;
        if (left >= 0) chunks.add(chunkAt(starts, left));
        if (right >= 0) chunks.add(chunkAt(starts, right));
      }
      const answers: Promise<boolean>[] = [];
      for (const chunk of chunks) {
        const all = rows.lines.slice(starts[chunk], starts[chunk + 1] ?? rows.lines.length);
        const lines = all.filter((line) => line.text !== null);
        // Unfolding and reading add lines to a chunk; it is asked for again with them.
        if (lines.every((line) => asked.current.has(line))) continue;
        for (const line of lines) asked.current.add(line);
        const now = lines.filter((line) => line.kind !== "removed");
        answers.push(ask(now, "removed"));
        if (now.length < lines.length) {
          const before = lines.filter((line) => line.kind !== "added");
          answers.push(ask(before, "context"));
        }
      }
      if (answers.length > 0) void paint(answers);
    };
    // What flies past in a quick scroll is not worth colouring.
    const timer = setTimeout(askForSeen, REST);
    return () => clearTimeout(timer);
  }, [path, language, rows, starts, first, last, version, highlighter]);

  return (line) => colours.current.get(line);
}
