// A line cut into pieces that each look one way: syntax, changed words and marks for invisible characters
// laid over each other.

import type { Mark } from "./invisible";
import type { Range } from "./words";

/** A coloured piece of a line; `name` is a token class such as "keyword". */
export type Span = Range & { name: string };

export type Segment = {
  start: number;
  text: string;
  syntax: string | null;
  changed: boolean;
  mark: Mark | null;
};

/** `syntax` and `words` are ascending and do not overlap among themselves; neither do `marks`. */
export function segmentsOf(
  text: string,
  syntax: readonly Span[] | undefined,
  words: readonly Range[] | undefined,
  marks: readonly Mark[],
): Segment[] {
  if (text.length === 0) return [];
  const cuts = new Set<number>([0, text.length]);
  const cut = (ranges: readonly Range[] | undefined) => {
    for (const range of ranges ?? []) {
      if (range.start < text.length) cuts.add(range.start);
      if (range.end < text.length) cuts.add(range.end);
    }
  };
  cut(syntax);
  cut(words);
  cut(marks);
  const points = [...cuts].sort((a, b) => a - b);
  const out: Segment[] = [];
  const cursor = { syntax: 0, words: 0, marks: 0 };
  const inside = <R extends Range>(
    key: keyof typeof cursor,
    list: readonly R[] | undefined,
    at: number,
  ): R | null => {
    if (!list) return null;
    while (cursor[key] < list.length && (list[cursor[key]]?.end ?? 0) <= at) cursor[key]++;
    const range = list[cursor[key]];
    return range && range.start <= at ? range : null;
  };
  for (let i = 0; i + 1 < points.length; i++) {
    const start = points[i] ?? 0;
    out.push({
      start,
      text: text.slice(start, points[i + 1]),
      syntax: inside("syntax", syntax, start)?.name ?? null,
      changed: inside("words", words, start) !== null,
      mark: inside("marks", marks, start),
    });
  }
  return out;
}
