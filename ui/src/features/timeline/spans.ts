/* What ran when, from the log: each attempt as a bar of stages on real time. Pure. */
import type { Event } from "../../ipc/bindings/Event";
import type { StageKind } from "../../ipc/bindings/StageKind";

export type Phase = "setup" | "work" | "check" | "wait" | "land";

export interface Span {
  from: number;
  /** Null while it goes on. */
  to: number | null;
  phase: Phase;
}

export interface Lane {
  task: string;
  spans: Span[];
  /** When it landed, and when it failed or needed a person. */
  landed: number | null;
  marks: { at: number; kind: "fail" | "need" }[];
}

const phaseOf: Partial<Record<StageKind, Phase>> = {
  preparing: "setup",
  implementing: "work",
  fixing: "work",
  reviewing: "check",
  checking: "check",
  awaiting_approval: "wait",
  needs_you: "wait",
  queued: "wait",
  landing: "land",
};

const runPhase: Record<string, Phase> = {
  setup: "setup",
  implement: "work",
  fix: "work",
  check: "check",
  review: "check",
  resolve: "land",
};

/** A lane for every task that has begun, in the order in which they began. */
export function lanesOf(events: readonly Event[]): Lane[] {
  const lanes = new Map<string, Lane>();
  const lane = (task: string): Lane => {
    const known = lanes.get(task);
    if (known) return known;
    const made: Lane = { task, spans: [], landed: null, marks: [] };
    lanes.set(task, made);
    return made;
  };
  const close = (l: Lane, at: number) => {
    const last = l.spans.at(-1);
    if (last && last.to === null) last.to = Math.max(at, last.from);
  };
  const begin = (l: Lane, at: number, phase: Phase | undefined) => {
    const last = l.spans.at(-1);
    if (last?.to === null && last.phase === phase) return;
    close(l, at);
    if (phase) l.spans.push({ from: at, to: null, phase });
  };
  for (const e of events) {
    const at = Date.parse(e.at);
    switch (e.type) {
      case "attempt.started":
        begin(lane(e.task), at, "setup");
        break;
      case "task.stage": {
        const known = lanes.get(e.task);
        const phase = phaseOf[e.stage as StageKind];
        if (known) begin(known, at, phase);
        break;
      }
      case "process.started": {
        const known = lanes.get(e.task);
        const phase = runPhase[e.kind];
        if (known && phase) begin(known, at, phase);
        break;
      }
      case "landing.started":
        begin(lane(e.task), at, "land");
        break;
      case "landed": {
        const l = lane(e.task);
        close(l, at);
        l.landed = at;
        break;
      }
      case "needs_you":
        lane(e.task).marks.push({ at, kind: "need" });
        begin(lane(e.task), at, "wait");
        break;
      case "task.failed":
        lane(e.task).marks.push({ at, kind: "fail" });
        close(lane(e.task), at);
        break;
      case "attempt.ended":
      case "task.cancelled":
      case "task.discarded":
        close(lane(e.task), at);
        break;
      default:
        break;
    }
  }
  return [...lanes.values()].filter((l) => l.spans.length > 0);
}

/** Even steps of a time axis that leave each label room, in milliseconds. */
export function tickStep(span: number, width: number, room = 90): number {
  const minute = 60_000;
  const steps = [
    1000,
    5000,
    15_000,
    30_000,
    ...[1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440].map((m) => m * minute),
  ];
  const least = (span * room) / Math.max(1, width);
  return steps.find((s) => s >= least) ?? 1440 * minute;
}
