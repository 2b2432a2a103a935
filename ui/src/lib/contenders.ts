/*
 * Several attempts at one task, side by side: who tries it, which of them is meant, and how they stand in one line.
 * Deliberately absent: what the engine says of two of them (that is `CompareView`).
 */
import type { ActionView } from "../ipc/bindings/ActionView";
import type { AttemptView } from "../ipc/bindings/AttemptView";
import type { Contender } from "../ipc/bindings/Contender";
import type { Stage } from "../ipc/bindings/Stage";
import type { TaskAction } from "../ipc/bindings/TaskAction";
import type { TaskDetail } from "../ipc/bindings/TaskDetail";
import type { TaskView } from "../ipc/bindings/TaskView";
import { stageLook } from "./stage";

type Contested = Pick<TaskView, "contenders">;

/** Whether several try it now. */
export function isContested({ contenders }: Contested): boolean {
  return contenders.length > 1;
}

/** The attempt that a request has to name: one alone is meant only where several stand side by side. */
export function alone(task: Contested, attempt: number | null): number | undefined {
  return attempt !== null && isContested(task) ? attempt : undefined;
}

/** The attempt that the task goes on with: the newest, unless an earlier one was adopted. */
export function currentAttempt({
  task,
  attempts,
}: Pick<TaskDetail, "task" | "attempts">): AttemptView | null {
  return attempts.find((a) => a.number === task.attempt) ?? attempts[0] ?? null;
}

/** Actions whose requests name no attempt: beside one of several they would mean all of them. */
const ofTheTask: readonly TaskAction[] = ["cancel", "unapprove", "retry_landing", "compare"];

/** Of what can be done, what is about one alone. */
export function aboutOne(actions: readonly ActionView[]): readonly ActionView[] {
  return actions.filter(({ action }) => !ofTheTask.includes(action));
}

export interface Standing {
  /** It can be acted on: it is the task's current attempt, or one of those side by side. */
  current: boolean;
  stage: Stage;
  actions: readonly ActionView[];
  /** What a request about it alone names. */
  alone: number | undefined;
}

/** How one attempt of a task stands, and what can be done with it. */
export function standingOf(detail: TaskDetail, attempt: AttemptView): Standing {
  const { task } = detail;
  if (isContested(task)) {
    const contends = task.contenders.some((c) => c.attempt === attempt.number);
    return {
      current: contends,
      stage: attempt.stage,
      actions: contends ? aboutOne(attempt.actions) : [],
      alone: attempt.number,
    };
  }
  const current = currentAttempt(detail)?.number === attempt.number;
  return {
    current,
    stage: current ? task.stage : attempt.stage,
    actions: current ? detail.actions : [],
    alone: undefined,
  };
}

/** Their names in their order; an agent that tries it more than once is told apart by its attempt. */
export function contenderNames(contenders: readonly Contender[]): string[] {
  return contenders.map(({ agent, attempt }, i) => {
    const again = contenders.filter((c) => c.agent === agent).length > 1;
    return again ? `${agent} ${attempt ?? i + 1}` : agent;
  });
}

/**
 * "opus Working · gpt Checking": a stage's name alone, for a place that is narrow. More than two do not fit there, and
 * are counted: "2 Ready · 1 Working".
 */
export function contendersLine(contenders: readonly Contender[]): string {
  if (contenders.length > 2) {
    const words = contenders.map(({ stage }) => shortWord(stage));
    return [...new Set(words)].map((word) => `${words.filter((w) => w === word).length} ${word}`).join(" · ");
  }
  const names = contenderNames(contenders);
  return contenders.map(({ stage }, i) => `${names[i]} ${shortWord(stage)}`).join(" · ");
}

function shortWord({ kind }: Stage): string {
  return kind === "awaiting_approval" ? "Ready" : stageLook[kind].name;
}

/** The same in the engine's own words, each on a line: "opus: Checking 1 of 2". */
export function contendersTold(contenders: readonly Contender[]): string {
  const names = contenderNames(contenders);
  return contenders.map(({ stage }, i) => `${names[i]}: ${stage.word}`).join("\n");
}

/** Agents in few words: "claude + codex", "claude ×2". */
export function agentsWord(agents: readonly string[]): string {
  const times = new Map<string, number>();
  for (const agent of agents) times.set(agent, (times.get(agent) ?? 0) + 1);
  return [...times].map(([agent, n]) => (n > 1 ? `${agent} ×${n}` : agent)).join(" + ");
}

/** Attempts that can be compared, oldest first: those that have a number and were cut at the same commit. */
export function comparable({ attempts }: Pick<TaskDetail, "attempts">): AttemptView[] {
  const groups = new Map<string, AttemptView[]>();
  for (const a of attempts) groups.set(a.base, [...(groups.get(a.base) ?? []), a]);
  // Attempts are newest first, so the group that is met first holds the newest.
  const group = [...groups.values()].find((g) => g.length > 1) ?? [];
  return [...group].sort((a, b) => a.number - b.number);
}

/** The two that are looked at before anybody has chosen; null where there are no two. */
export function firstPair(detail: Pick<TaskDetail, "task" | "attempts">): [number, number] | null {
  const all = comparable(detail).map((a) => a.number);
  const trying = detail.task.contenders.flatMap((c) => c.attempt ?? []).filter((n) => all.includes(n));
  const adopted = detail.attempts.find((a) => a.adopted)?.number;
  const first = trying.length > 1 ? trying : [...(adopted === undefined ? [] : [adopted]), ...all];
  const [a, b] = [...new Set(first)].filter((n) => all.includes(n));
  if (a === undefined || b === undefined) return null;
  return a < b ? [a, b] : [b, a];
}

/** Where an attempt stands: by itself where several are tried, with its task where it is the only one. */
export function stageAt(task: Pick<TaskView, "contenders" | "stage">, attempt: number | null): Stage {
  const own = isContested(task) ? task.contenders.find((c) => c.attempt === attempt) : undefined;
  return own?.stage ?? task.stage;
}

/** Names what a person writes to one agent: the words to one are no words to the other. */
export function wordsKept(plan: string, task: string, alone: number | undefined): string {
  return alone === undefined ? `${plan}/${task}` : `${plan}/${task}/${alone}`;
}
