// Comments that a person has written and not sent: kept in this window's storage, bound to the head and to what
// their lines read, so that a head that moves cannot put them below other code unseen. Pure.

import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { Comment } from "../../ipc/bindings/Comment";
import type { FileDiff } from "../../lib/fileDiff";

export type Draft = {
  id: string;
  /** The file and the lines of the head that was read; no file means the whole, no line the file. */
  file: string | null;
  line: number | null;
  end: number | null;
  text: string;
  head: string;
  /** What stood for the file's change, where there was such a thing. */
  print: string | null;
  /** The lines as they read. */
  quote: string[];
};

export const draftsKey = (plan: string, task: string, attempt: number) =>
  `coppice.comments.${plan}/${task}/${attempt}`;

export function readDrafts(storage: Pick<Storage, "getItem">, key: string): Draft[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(key) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isDraft) : [];
  } catch {
    return [];
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const draft = value as Record<string, unknown>;
  const orNull = (type: string, names: string[]) =>
    names.every((name) => draft[name] === null || typeof draft[name] === type);
  return (
    ["id", "text", "head"].every((name) => typeof draft[name] === "string") &&
    orNull("string", ["file", "print"]) &&
    orNull("number", ["line", "end"]) &&
    Array.isArray(draft.quote) &&
    draft.quote.every((line) => typeof line === "string")
  );
}

export function keepDrafts(
  storage: Pick<Storage, "setItem" | "removeItem">,
  key: string,
  drafts: readonly Draft[],
): void {
  try {
    // An empty comment is one that was only begun.
    const kept = drafts.filter((draft) => draft.text.trim() !== "");
    if (kept.length === 0) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(kept));
  } catch {
    // Storage may be full or forbidden: the drafts last as long as the page.
  }
}

/** The lines of the new side that a diff shows, by number. */
export function linesOf(diff: FileDiff): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  for (const hunk of diff.hunks) {
    for (const line of hunk.lines) if (line.new !== null) lines.set(line.new, line.text ?? "");
  }
  return lines;
}

/** Whether what the head has now must be read to know how a draft stands. */
export function mustCompare(draft: Draft, head: string, files: readonly ChangedFile[]): boolean {
  if (draft.file === null || draft.line === null || draft.head === head) return false;
  const file = files.find((one) => one.path === draft.file);
  return file !== undefined && !(file.print !== null && file.print === draft.print);
}

export type DraftStanding = { is: "here" | "moved" | "outdated"; line: number | null; end: number | null };

/**
 * Where a draft belongs at this head. `lines` are the file's, where they had to be read; lines that moved as they
 * are take their comment along, lines that read otherwise leave it behind.
 */
export function draftStanding(
  draft: Draft,
  head: string,
  files: readonly ChangedFile[],
  lines: ReadonlyMap<number, string> | undefined,
): DraftStanding {
  const here = { is: "here", line: draft.line, end: draft.end } as const;
  const outdated = { ...here, is: "outdated" } as const;
  if (draft.file === null || draft.line === null || draft.head === head) return here;
  if (!files.some((one) => one.path === draft.file)) return outdated;
  if (!mustCompare(draft, head, files)) return here;
  // Not known yet, or nothing to compare with.
  if (!lines) return here;
  if (draft.quote.length === 0) return outdated;
  const readsAt = (line: number) => draft.quote.every((text, i) => lines.get(line + i) === text);
  if (readsAt(draft.line)) return here;
  const first = draft.line;
  const places = [...lines.keys()].filter(readsAt).sort((a, b) => Math.abs(a - first) - Math.abs(b - first));
  const [nearest] = places;
  // Blank lines and braces read alike everywhere: only what is found once has moved.
  if (nearest === undefined || places.length > 1) return outdated;
  return {
    is: "moved",
    line: nearest,
    end: draft.end === null ? null : draft.end + nearest - first,
  };
}

/** What is sent for a draft. */
export function commentOf(draft: Draft, standing: DraftStanding): Comment {
  const { line, end } = standing;
  return {
    file: draft.file,
    line,
    end_line: end !== null && end !== line ? end : null,
    text: draft.text.trim(),
  };
}

export function put(drafts: readonly Draft[], draft: Draft): Draft[] {
  return drafts.some((one) => one.id === draft.id)
    ? drafts.map((one) => (one.id === draft.id ? draft : one))
    : [...drafts, draft];
}
