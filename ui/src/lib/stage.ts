/*
 * Stages for people: which shape, which hue, which of the six steps. The word is the engine's.
 */
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

/** The steps of the stage line, and at which each stage stands; null: at none. */
export const steps = ["Setup", "Work", "Check", "Approve", "Land"] as const;

const stepOf: Partial<Record<StageKind, number>> = {
  preparing: 0,
  implementing: 1,
  fixing: 1,
  checking: 2,
  reviewing: 2,
  awaiting_approval: 3,
  queued: 4,
  landing: 4,
  landed: 5,
};

export function stepAt(kind: StageKind): number | null {
  return stepOf[kind] ?? null;
}

export function isRunning(kind: StageKind): boolean {
  return ["preparing", "implementing", "checking", "reviewing", "fixing", "landing"].includes(kind);
}

export function isSettled(kind: StageKind): boolean {
  return kind === "landed" || kind === "cancelled" || kind === "discarded";
}
