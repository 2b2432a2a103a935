// Which changes a person has looked at: kept in this window's storage by what stands for a file's change, so that
// a mark falls exactly when the change is another one. Pure.

import type { ChangedFile } from "../../ipc/bindings/ChangedFile";

/** By path, the prints of the changes that were looked at, newest last: a file differs by scope. */
export type Marks = Readonly<Record<string, readonly string[]>>;

/** Prints kept for one file. */
const KEPT = 8;

export const storageKey = (plan: string, task: string) => `coppice.viewed.${plan}/${task}`;

export function readMarks(storage: Pick<Storage, "getItem">, key: string): Marks {
  try {
    const stored: unknown = JSON.parse(storage.getItem(key) ?? "{}");
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter((entry): entry is [string, string[]] => isPrints(entry[1])),
    );
  } catch {
    return {};
  }
}

function isPrints(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((print) => typeof print === "string");
}

export function keepMarks(storage: Pick<Storage, "setItem" | "removeItem">, key: string, marks: Marks): void {
  try {
    if (Object.keys(marks).length === 0) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(marks));
  } catch {
    // Storage may be full or forbidden: the marks last as long as the page.
  }
}

type Printed = Pick<ChangedFile, "path" | "print">;

/** Looked at, and the same change since. What is not committed yet has no print, and is never done with. */
export function isViewed(marks: Marks, { path, print }: Printed): boolean {
  return print !== null && Object.hasOwn(marks, path) && marks[path]?.includes(print) === true;
}

export function marked(marks: Marks, { path, print }: Printed, viewed: boolean): Marks {
  if (print === null) return marks;
  const others = Object.entries(marks).filter(([key]) => key !== path);
  const prints = (Object.hasOwn(marks, path) ? (marks[path] ?? []) : []).filter((one) => one !== print);
  const next = viewed ? [...prints, print].slice(-KEPT) : prints;
  return Object.fromEntries(next.length > 0 ? [...others, [path, next]] : others);
}
