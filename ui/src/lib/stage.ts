/*
 * Stages for people: which shape, which hue, which step of the way. The word is the engine's.
 */
import type { Stage } from "../ipc/bindings/Stage";
import type { StageKind } from "../ipc/bindings/StageKind";

export type Shape =
  | "dotted"
  | "circle"
  | "ring1"
  | "ring2"
  | "ring3"
  | "ring4"
  | "diamond"
  | "half"
  | "check"
  | "cross"
  | "slash";

export type Hue = "quiet" | "work" | "need" | "ready" | "land" | "fail";

export const stageLook: Record<StageKind, { shape: Shape; hue: Hue; name: string }> = {
  draft: { shape: "dotted", hue: "quiet", name: "Draft" },
  waiting: { shape: "circle", hue: "quiet", name: "Waiting" },
  preparing: { shape: "ring1", hue: "work", name: "Preparing" },
  implementing: { shape: "ring2", hue: "work", name: "Working" },
  checking: { shape: "ring3", hue: "work", name: "Checking" },
  reviewing: { shape: "ring3", hue: "work", name: "Reviewing" },
  fixing: { shape: "ring2", hue: "work", name: "Fixing" },
  awaiting_approval: { shape: "half", hue: "ready", name: "Ready to review" },
  queued: { shape: "ring4", hue: "work", name: "Queued to land" },
  landing: { shape: "ring4", hue: "work", name: "Landing" },
  landed: { shape: "check", hue: "land", name: "Landed" },
  needs_you: { shape: "diamond", hue: "need", name: "Needs you" },
  failed: { shape: "cross", hue: "fail", name: "Failed" },
  cancelled: { shape: "slash", hue: "quiet", name: "Cancelled" },
  discarded: { shape: "slash", hue: "quiet", name: "Discarded" },
};

export type Step = "Setup" | "Work" | "Check" | "Review" | "Fix" | "Approve" | "Land";

/** The steps of the stage line: review only where the plan has one, fixing only where there was something to fix. */
export function stepsOf(reviewed: boolean, fixed: boolean): Step[] {
  const gate: Step[] = reviewed ? (fixed ? ["Review", "Fix"] : ["Review"]) : fixed ? ["Fix"] : [];
  return ["Setup", "Work", "Check", ...gate, "Approve", "Land"];
}

const stepOf: Partial<Record<StageKind, Step | "done">> = {
  preparing: "Setup",
  implementing: "Work",
  checking: "Check",
  reviewing: "Review",
  fixing: "Fix",
  awaiting_approval: "Approve",
  queued: "Land",
  landing: "Land",
  landed: "done",
};

/** At which step a stage stands; `done` is behind the last one, null beside the way. */
export function stepAt(kind: StageKind): Step | "done" | null {
  return stepOf[kind] ?? null;
}

/** Reasons for which a review needs a person. */
const reviewReasons = ["review_failed", "findings_remain", "undecided"];

export function isReviewReason(code: string | undefined): boolean {
  return code !== undefined && reviewReasons.includes(code);
}

/** Where what reviewers said has to stand beside the stage: before an approval, after it, and when they ask. */
export function reviewMatters({ kind, reason }: Stage): boolean {
  return (
    ["awaiting_approval", "queued", "landing"].includes(kind) ||
    (kind === "needs_you" && isReviewReason(reason?.code))
  );
}

export function isRunning(kind: StageKind): boolean {
  return ["preparing", "implementing", "checking", "reviewing", "fixing", "landing"].includes(kind);
}

export function isSettled(kind: StageKind): boolean {
  return kind === "landed" || kind === "cancelled" || kind === "discarded";
}
