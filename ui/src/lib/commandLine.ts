/* Commands as one line of text, and back. */

/** Splits a command line into words; quotes keep words together. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    (m) => m[1]?.replace(/\\(.)/g, "$1") ?? m[2] ?? m[3] ?? "",
  );
}

/** The line that `wordsOf` reads back. */
export function lineOf(words: readonly string[]): string {
  return words.map((w) => (/^[^\s"'\\]+$/.test(w) ? w : `"${w.replace(/["\\]/g, "\\$&")}"`)).join(" ");
}
