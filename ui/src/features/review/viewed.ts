// Which files a person has looked at: kept in this window's storage, and worth something only while the file's
// change is the one that was looked at.

import type { FileDiff } from "../../ipc/bindings/FileDiff";

/** `digest` is the change's own; `head` the newest head at which it was seen to be the same. */
export type Mark = { digest: string; head: string };
export type Marks = Readonly<Record<string, Mark>>;

/** A short digest of what a diff shows: 53 bits, against accidents and not against malice. */
export function digestOf(diff: FileDiff): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  const mix = (text: string) => {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ 10, 2654435761);
    b = Math.imul(b ^ 13, 1597334677);
  };
  mix(`${diff.path}\0${diff.old_path ?? ""}\0${diff.binary}\0${diff.too_large ?? ""}`);
  for (const hunk of diff.hunks) {
    for (const line of hunk.lines) {
      if (line.kind === "context") continue;
      mix(
        `${line.kind}${line.old ?? line.new}${line.cr ? "\r" : ""}${line.no_newline ? "\0" : ""}${line.text}`,
      );
    }
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

export const storageKey = (plan: string, task: string) => `coppice.viewed.${plan}/${task}`;

export function readMarks(storage: Pick<Storage, "getItem">, key: string): Marks {
  try {
    const stored: unknown = JSON.parse(storage.getItem(key) ?? "{}");
    if (typeof stored !== "object" || stored === null) return {};
    const marks = Object.entries(stored).filter((entry): entry is [string, Mark] => isMark(entry[1]));
    return Object.fromEntries(marks);
  } catch {
    return {};
  }
}

function isMark(value: unknown): value is Mark {
  if (typeof value !== "object" || value === null) return false;
  return (
    "digest" in value && typeof value.digest === "string" && "head" in value && typeof value.head === "string"
  );
}

export function keepMarks(storage: Pick<Storage, "setItem" | "removeItem">, key: string, marks: Marks): void {
  try {
    if (Object.keys(marks).length === 0) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(marks));
  } catch {
    // Storage may be full or forbidden: the marks last as long as the page.
  }
}

/** Marked, and known to be unchanged at this head. */
export function isViewed(marks: Marks, path: string, head: string): boolean {
  return Object.hasOwn(marks, path) && marks[path]?.head === head;
}

/** Marked at another head: the file has to be compared before its mark counts. */
export function toCompare(marks: Marks, paths: readonly string[], head: string): string[] {
  return paths.filter((path) => Object.hasOwn(marks, path) && marks[path]?.head !== head);
}

export function marked(marks: Marks, path: string, mark: Mark | null): Marks {
  const others = Object.entries(marks).filter(([key]) => key !== path);
  return Object.fromEntries(mark ? [...others, [path, mark]] : others);
}
