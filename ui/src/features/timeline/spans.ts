/* What ran when, from the log: attempts as bars of stages on real time. Pure. */
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
  /** The attempt that it began with. */
  attempt: number;
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

/**
 * A lane for every task that has begun, in the order in which they began. Attempts one after another share it; one
 * that begins while another goes on has a lane of its own.
 */
export function lanesOf(events: readonly Event[]): Lane[] {
  const all: Lane[] = [];
  const byTask = new Map<string, Lane[]>();
  const byAttempt = new Map<string, Lane>();
  const isOpen = (l: Lane) => l.spans.at(-1)?.to === null;
  const lanes = (task: string) => byTask.get(task) ?? [];
  const begun = (task: string, attempt: number): Lane => {
    const free = lanes(task).find((l) => !isOpen(l));
    const lane: Lane = free ?? { task, attempt, spans: [], landed: null, marks: [] };
    if (!free) {
      all.push(lane);
      byTask.set(task, [...lanes(task), lane]);
    }
    byAttempt.set(`${task} ${attempt}`, lane);
    return lane;
  };
  /** The attempt's lane; where none is named, the task's only one. */
  const laneOf = (task: string, attempt: number | null): Lane | undefined => {
    if (attempt !== null) return byAttempt.get(`${task} ${attempt}`);
    const open = lanes(task).filter(isOpen);
    return open.length === 1 ? open[0] : lanes(task).length === 1 ? lanes(task)[0] : undefined;
  };
  const close = (l: Lane, at: number) => {
    const last = l.spans.at(-1);
    if (last && last.to === null) last.to = Math.max(at, last.from);
  };
  const begin = (l: Lane | undefined, at: number, phase: Phase | undefined) => {
    const last = l?.spans.at(-1);
    if (!l || (last?.to === null && last.phase === phase)) return;
    close(l, at);
    if (phase) l.spans.push({ from: at, to: null, phase });
  };
  const endAll = (task: string, at: number) => {
    for (const l of lanes(task)) close(l, at);
  };
  for (const e of events) {
    const at = Date.parse(e.at);
    switch (e.type) {
      case "attempt.started":
        begin(begun(e.task, e.attempt), at, "setup");
        break;
      case "task.stage":
        begin(laneOf(e.task, e.attempt), at, phaseOf[e.stage as StageKind]);
        break;
      case "process.started": {
        const phase = runPhase[e.kind];
        if (phase) begin(laneOf(e.task, e.attempt), at, phase);
        break;
      }
      case "landing.started":
        begin(laneOf(e.task, e.attempt), at, "land");
        break;
      case "landed": {
        const l = laneOf(e.task, e.attempt);
        if (!l) break;
        close(l, at);
        l.landed = at;
        break;
      }
      case "needs_you": {
        const l = laneOf(e.task, e.attempt);
        l?.marks.push({ at, kind: "need" });
        begin(l, at, "wait");
        break;
      }
      case "task.failed":
        lanes(e.task).at(-1)?.marks.push({ at, kind: "fail" });
        endAll(e.task, at);
        break;
      case "attempt.ended": {
        const l = laneOf(e.task, e.attempt);
        if (l) close(l, at);
        break;
      }
      case "task.cancelled":
      case "task.discarded":
        endAll(e.task, at);
        break;
      default:
        break;
    }
  }
  return all.filter((l) => l.spans.length > 0);
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
