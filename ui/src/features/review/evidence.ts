// What the evidence bar says: the newest record of each check, at the head and on the merged tree, and the checks
// that are under way. Pure.

import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { EvidenceView } from "../../ipc/bindings/EvidenceView";
import type { RunView } from "../../ipc/bindings/RunView";
import { count } from "../../lib/format";

export type EvidenceChip = { evidence: EvidenceView; name: string };

/** Newest first by check and kind; a newer record replaces an older one, a void one stays until it is replaced. */
export function chipsOf(evidence: readonly EvidenceView[]): EvidenceChip[] {
  const newest = new Map<string, EvidenceView>();
  for (const one of [...evidence].sort((a, b) => a.at_ms - b.at_ms))
    newest.set(`${one.merged} ${one.check}`, one);
  return [...newest.values()]
    .sort((a, b) => Number(a.merged) - Number(b.merged) || a.at_ms - b.at_ms)
    .map((one) => ({ evidence: one, name: one.merged ? `${one.check} on merged tree` : one.check }));
}

/** Checks that run now. */
export function runningChecks(attempt: AttemptView): RunView[] {
  return attempt.runs.filter((run) => run.live && run.kind === "check");
}

/** The scope in words: "4 files, all inside", "2 of 4 files outside". */
export function scopeWord(files: number, outside: number): string {
  if (files === 0) return "no files changed";
  if (outside === 0) return `${count(files, "file")}, all inside`;
  return `${outside} of ${count(files, "file")} outside`;
}
