// The queue as a lane: what is tested now, what is next. Pure.

import type { EvidenceView } from "../../ipc/bindings/EvidenceView";
import type { LandingEntry } from "../../ipc/bindings/LandingEntry";
import type { LandingView } from "../../ipc/bindings/LandingView";
import type { RunView } from "../../ipc/bindings/RunView";
import type { Upstream } from "../../ipc/bindings/Upstream";

export type Lane = { now: LandingEntry | null; next: LandingEntry[] };

/** The first of the queue is under test once it has a candidate or says that it lands. */
export function laneOf(view: LandingView): Lane {
  const [first, ...rest] = view.queue;
  if (!first) return { now: null, next: [] };
  const underTest = first.stage.kind === "landing" || first.candidate !== null;
  return underTest ? { now: first, next: rest } : { now: null, next: view.queue };
}

/** What the candidate's checks have said so far; void ones don't count. */
export function candidateEvidence(entry: LandingEntry): EvidenceView[] {
  return entry.evidence.filter(
    (one) => one.merged && !one.void && (!entry.candidate || one.head === entry.candidate),
  );
}

/** The check of the merged tree that runs now. */
export function runningFor(entry: LandingEntry, runs: readonly RunView[]): RunView | null {
  return (
    runs.find(
      (run) => run.live && run.kind === "check" && run.task === entry.task && run.attempt === entry.attempt,
    ) ?? null
  );
}

/** The last check that failed on the merged tree: why it is held, with its log. */
export function failedFor(entry: LandingEntry): EvidenceView | null {
  const failed = entry.evidence.filter((one) => one.merged && !one.passed).sort((a, b) => b.at_ms - a.at_ms);
  return failed[0] ?? null;
}

/** How far a branch is from what it follows, as of the last fetch. */
export function distance({ name, ahead, behind }: Upstream): string {
  if (ahead === 0 && behind === 0) return `Even with ${name}`;
  if (behind === 0) return `${ahead} ahead of ${name}`;
  if (ahead === 0) return `${behind} behind ${name}`;
  return `${ahead} ahead of ${name}, ${behind} behind`;
}
