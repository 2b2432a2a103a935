/* The fake's plans: edits and what follows from the graph. As simple as a believable picture allows. */
import type { AttemptView } from "../bindings/AttemptView";
import type { Edit } from "../bindings/Edit";
import type { PlanView } from "../bindings/PlanView";
import type { Stage } from "../bindings/Stage";
import type { StageKind } from "../bindings/StageKind";
import type { TaskView } from "../bindings/TaskView";
import type { Upstream } from "../bindings/Upstream";
import type { Contest } from "./compare/contest";
import { refuse } from "./refuse";
import { reviewWords } from "./reviewWords";

export interface FakePlan {
  view: PlanView;
  /** By task, newest first. */
  attempts: Map<string, AttemptView[]>;
  undone: PlanView[];
  redone: PlanView[];
  /** The text as the person last wrote it, until an edit changes the plan. */
  text: string | null;
  upstream: Upstream;
  /** By task: what is known of attempts side by side. */
  contests: Map<string, Contest>;
}

export const minute = 60_000;

export function stage(kind: StageKind, word: string, more: Partial<Stage> = {}): Stage {
  return { kind, word, reason: null, commit: null, ...more };
}

export function task(id: string, title: string, more: Partial<TaskView> = {}): TaskView {
  return {
    id,
    title,
    role: "",
    deliverable: "",
    spec: "",
    scope: null,
    exclude: [],
    contract: "",
    after: [],
    agent: null,
    attempts: [],
    contenders: [],
    estimate_ms: null,
    position: null,
    stage: stage("draft", "Draft"),
    attempt: null,
    since_ms: null,
    started_ms: null,
    ended_ms: null,
    action: null,
    added: null,
    deleted: null,
    review: "Not reviewed",
    why_waiting: null,
    unblocks: null,
    critical: false,
    ...more,
  };
}

export function plan(
  id: string,
  project: string,
  title: string,
  tasks: TaskView[],
  more: Partial<PlanView> = {},
): FakePlan {
  const view: PlanView = {
    id,
    project,
    title,
    goal: "",
    target: "main",
    file: null,
    slots: 4,
    approve: "manual",
    commit: "ask",
    land: "merge",
    setup: { command: null, copy: [], ports: [], timeout_ms: null },
    checks: [],
    agents: [],
    default_agent: null,
    review: null,
    fixer: null,
    mode: "draft",
    revision: 1,
    can_undo: false,
    can_redo: false,
    progress: {
      total: 0,
      landed: 0,
      running: 0,
      ready_to_review: 0,
      needs_you: 0,
      failed: 0,
      slots: 4,
      slots_used: 0,
      left_ms: null,
      lower_bound_ms: 0,
      elapsed_ms: 0,
    },
    critical_path: [],
    tasks,
    problems: [],
    seq: 0,
    ...more,
  };
  const made = {
    view,
    attempts: new Map(),
    undone: [],
    redone: [],
    text: null,
    upstream: { name: "origin/main", ahead: 2, behind: 0 },
    contests: new Map(),
  };
  derive(made);
  return made;
}

const running: StageKind[] = ["preparing", "implementing", "checking", "reviewing", "fixing", "landing"];

const and = (names: string[]) =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** Everything that follows from the tasks: waiting, unblocking, the critical path, progress. */
export function derive(fake: FakePlan): void {
  const { view } = fake;
  const byId = new Map(view.tasks.map((t) => [t.id, t]));
  const after = new Map<string, string[]>();
  for (const t of view.tasks) for (const d of t.after) after.set(d, [...(after.get(d) ?? []), t.id]);
  const length = new Map<string, number>();
  const rest = (id: string): number => {
    const known = length.get(id);
    if (known !== undefined) return known;
    const own = byId.get(id)?.estimate_ms ?? 5 * minute;
    const value = own + Math.max(0, ...(after.get(id) ?? []).map(rest));
    length.set(id, value);
    return value;
  };
  view.critical_path = [];
  let from = view.tasks.filter((t) => t.after.length === 0);
  while (from.length > 0) {
    const next = from.reduce((a, b) => (rest(b.id) > rest(a.id) ? b : a));
    view.critical_path.push(next.id);
    from = (after.get(next.id) ?? []).flatMap((id) => byId.get(id) ?? []);
  }
  for (const t of view.tasks) {
    const open = t.after
      .filter((d) => byId.get(d)?.stage.kind !== "landed")
      .map((d) => byId.get(d)?.title ?? d);
    const waits = t.stage.kind === "waiting" || t.stage.kind === "draft";
    t.why_waiting = !waits
      ? null
      : view.mode === "draft"
        ? "The plan has not been started."
        : open.length
          ? `Waits for ${and(open)} to land.`
          : "Waits for a free slot.";
    if (t.stage.kind === "waiting")
      t.stage.word = open.length ? `Waiting for ${and(open)}` : "Waiting for a slot";
    const next = (after.get(t.id) ?? []).map((id) => byId.get(id)?.title ?? id);
    t.unblocks = t.stage.kind === "landed" || !next.length ? null : `Finishing this unblocks ${and(next)}.`;
    t.critical = view.critical_path.includes(t.id);
    t.agent ??= view.default_agent;
    t.review = reviewWords(fake.attempts.get(t.id)?.find((a) => a.number === t.attempt));
  }
  const number = (kinds: StageKind[]) => view.tasks.filter((t) => kinds.includes(t.stage.kind)).length;
  const used = number(running);
  const left = view.tasks.filter((t) => !["landed", "cancelled", "discarded"].includes(t.stage.kind));
  view.progress = {
    ...view.progress,
    total: view.tasks.length,
    landed: number(["landed"]),
    running: used,
    ready_to_review: number(["awaiting_approval"]),
    needs_you: number(["needs_you"]),
    failed: number(["failed"]),
    slots: view.slots,
    slots_used: used,
    left_ms:
      view.mode === "running"
        ? left.reduce((s, t) => s + (t.estimate_ms ?? 5 * minute), 0) / view.slots
        : null,
    lower_bound_ms: view.tasks.length ? Math.max(...view.tasks.map((t) => rest(t.id))) : 0,
  };
  view.problems = [];
  if (view.tasks.length && !view.default_agent && view.tasks.some((t) => !t.agent)) {
    view.problems.push({
      line: 0,
      column: 0,
      message: "Some tasks have no agent.",
      hint: "Add an agent in the plan's settings and make it the default.",
    });
  }
  view.can_undo = fake.undone.length > 0;
  view.can_redo = fake.redone.length > 0;
}

/** Applies an edit or throws; gives the ids of the tasks it created. */
export function applyEdit(fake: FakePlan, edit: Edit): string[] {
  const { view } = fake;
  const find = (id: string) =>
    view.tasks.find((t) => t.id === id) ?? refuse("not_found", `The plan has no task “${id}”.`);
  switch (edit.type) {
    case "add_task": {
      const id = edit.task.id ?? freeId(view, edit.task.title);
      const agent = edit.task.agent || null;
      view.tasks.push(task(id, edit.task.title, { ...edit.task, id, agent, position: edit.at }));
      for (const from of edit.task.after) checkCycle(view, from, id);
      return [id];
    }
    case "remove_tasks": {
      const alive = edit.tasks.find((id) => running.includes(find(id).stage.kind));
      if (alive)
        refuse("refused", `“${find(alive).title}” is running.`, "Cancel it first; its work is kept.");
      view.tasks = view.tasks
        .filter((t) => !edit.tasks.includes(t.id))
        .map((t) => ({ ...t, after: t.after.filter((d) => !edit.tasks.includes(d)) }));
      return [];
    }
    case "update_task": {
      const { estimate_ms, ...patch } = edit.patch;
      Object.assign(find(edit.task), patch);
      if (estimate_ms !== undefined) find(edit.task).estimate_ms = estimate_ms || null;
      return [];
    }
    case "connect":
      find(edit.from);
      if (!find(edit.to).after.includes(edit.from)) find(edit.to).after.push(edit.from);
      checkCycle(view, edit.from, edit.to);
      return [];
    case "disconnect":
      find(edit.to).after = find(edit.to).after.filter((d) => d !== edit.from);
      return [];
    case "move":
      for (const { task: id, at } of edit.positions) find(id).position = at;
      return [];
    case "update_plan":
      Object.assign(view, edit.patch);
      // As the engine gives them: by name.
      view.agents = [...view.agents].sort((a, b) => (a.name < b.name ? -1 : 1));
      if (edit.patch.review?.rounds === 0) view.review = null;
      if (edit.patch.fixer === "") view.fixer = null;
      if (edit.patch.default_agent === "") view.default_agent = null;
      return [];
    case "batch":
      return edit.edits.flatMap((e) => applyEdit(fake, e));
  }
}

function freeId(view: PlanView, title: string): string {
  const base =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "task";
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!view.tasks.some((t) => t.id === id)) return id;
  }
}

function checkCycle(view: PlanView, from: string, to: string): void {
  const after = new Map(view.tasks.map((t) => [t.id, t.after]));
  const path = (at: string, seen: string[]): string[] | null => {
    if (at === to) return [...seen, at];
    if (seen.includes(at)) return null;
    for (const next of after.get(at) ?? []) {
      const found = path(next, [...seen, at]);
      if (found) return found;
    }
    return null;
  };
  const found = path(from, []);
  if (found) {
    const names = [...found.reverse(), to];
    refuse(
      "refused",
      `This would make a cycle: ${names.join(" → ")}.`,
      `Remove “${names[0]} → ${names[1]}” first.`,
    );
  }
}
