// The files of two attempts as one list: who changed each of them, and which of them are shown. Pure.

import type { ComparedFile } from "../../ipc/bindings/ComparedFile";

/** Only one changed it, both did in different ways, or both came to the same. */
export type Mark = "a" | "b" | "both" | "same";

export const marks: readonly Mark[] = ["a", "b", "both", "same"];

export function markOf({ a, b, same }: ComparedFile): Mark {
  if (same) return "same";
  if (a && b) return "both";
  return a ? "a" : "b";
}

/** The sign in the list, the shorter one where marks stand beside each other, and what they say. */
export const markWords: Record<Mark, { sign: string; short: string; word: string }> = {
  a: { sign: "A", short: "A", word: "A only" },
  b: { sign: "B", short: "B", word: "B only" },
  both: { sign: "A B", short: "A B", word: "both, differently" },
  same: { sign: "A B =", short: "=", word: "both, the same" },
};

export type MarkFilter = Mark | "all";

/** How many files have each mark. */
export function countMarks(files: readonly ComparedFile[]): Record<MarkFilter, number> {
  const counts: Record<MarkFilter, number> = { all: files.length, a: 0, b: 0, both: 0, same: 0 };
  for (const file of files) counts[markOf(file)] += 1;
  return counts;
}

/** Of one mark, and with every word of the text in the path. */
export function shownFiles(
  files: readonly ComparedFile[],
  mark: MarkFilter,
  text: string,
): readonly ComparedFile[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (mark === "all" && words.length === 0) return files;
  return files.filter((file) => {
    const path = file.path.toLowerCase();
    return (mark === "all" || markOf(file) === mark) && words.every((word) => path.includes(word));
  });
}

/** Which diff says most about a file that is opened: the two against each other where both changed it. */
export function tellingDiff(file: ComparedFile): "a" | "b" | "between" {
  const mark = markOf(file);
  return mark === "a" || mark === "b" ? mark : "between";
}
