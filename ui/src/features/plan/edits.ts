/* What a gesture means, as edits. Pure: the canvas, the outline and the keys share it. */
import type { Edit } from "../../ipc/bindings/Edit";
import type { NewTask } from "../../ipc/bindings/NewTask";
import type { Point } from "../../ipc/bindings/Point";
import type { TaskView } from "../../ipc/bindings/TaskView";

export type Positions = ReadonlyMap<string, Point>;

export function newTask(title: string, more: Partial<NewTask> = {}): NewTask {
  return {
    id: null,
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
    estimate_ms: null,
    ...more,
  };
}

/** One edit, or several as one step of undo. */
export function together(edits: readonly Edit[]): Edit | null {
  const [only] = edits;
  if (!only) return null;
  return edits.length === 1 ? only : { type: "batch", edits: [...edits] };
}

/**
 * The shown places of tasks that have none saved. They go into the first edit that saves any place, so that a
 * laid-out plan does not rearrange itself around the one that was moved.
 */
export function pinned(
  tasks: readonly TaskView[],
  shown: Positions,
  moved: Positions = new Map(),
): Edit | null {
  const positions = [...shown]
    .filter(([id]) => moved.has(id) || tasks.some((t) => t.id === id && t.position === null))
    .map(([task, at]) => ({ task, at: round(moved.get(task) ?? at) }));
  return positions.length ? { type: "move", positions } : null;
}

export function round(p: Point): Point {
  return { x: Math.round(p.x), y: Math.round(p.y) };
}

/** Removes tasks and, of what stays, the chosen dependencies. */
export function removal(
  tasks: readonly string[],
  edges: readonly { source: string; target: string }[],
): Edit | null {
  const gone = new Set(tasks);
  const loose = edges.filter((e) => !gone.has(e.source) && !gone.has(e.target));
  return together([
    ...loose.map((e): Edit => ({ type: "disconnect", from: e.source, to: e.target })),
    ...(tasks.length ? [{ type: "remove_tasks", tasks: [...tasks] } satisfies Edit] : []),
  ]);
}

export interface Copied {
  tasks: readonly TaskView[];
  at: Positions;
}

/** How far a paste lies from what was copied. */
const offset = 40;

/**
 * The copied tasks again, with the dependencies among them, `n` steps aside. Ids are fresh, and dependencies on
 * what was not copied stay.
 */
export function paste(
  copied: Copied,
  taken: Iterable<string>,
  n: number,
): { edit: Edit | null; ids: string[] } {
  const used = new Set(taken);
  const ids = new Map<string, string>();
  for (const t of copied.tasks) {
    const id = freeId(`${t.id.replace(/-copy(-\d+)?$/, "")}-copy`, used);
    used.add(id);
    ids.set(t.id, id);
  }
  const edits = copied.tasks.map((t): Edit => {
    const at = copied.at.get(t.id);
    return {
      type: "add_task",
      task: newTask(t.title, {
        id: ids.get(t.id) ?? null,
        role: t.role,
        deliverable: t.deliverable,
        spec: t.spec,
        scope: t.scope,
        exclude: t.exclude,
        contract: t.contract,
        agent: t.agent,
        attempts: t.attempts,
        estimate_ms: t.estimate_ms,
        after: t.after.filter((d) => !ids.has(d)),
      }),
      at: at ? round({ x: at.x + offset * n, y: at.y + offset * n }) : null,
    };
  });
  // Dependencies among the copies come after all of them exist.
  for (const t of copied.tasks) {
    for (const d of t.after) {
      const from = ids.get(d);
      const to = ids.get(t.id);
      if (from && to) edits.push({ type: "connect", from, to });
    }
  }
  return { edit: together(edits), ids: [...ids.values()] };
}

function freeId(base: string, used: ReadonlySet<string>): string {
  if (!used.has(base)) return base;
  for (let n = 2; ; n++) if (!used.has(`${base}-${n}`)) return `${base}-${n}`;
}

export type Direction = "left" | "right" | "up" | "down";

/** Where an arrow key goes from a task: along the edges sideways, to the nearest neighbour up and down. */
export function neighbour(
  tasks: readonly TaskView[],
  shown: Positions,
  from: string | null,
  direction: Direction,
): string | null {
  const here = from === null ? undefined : shown.get(from);
  if (from === null || !here) return tasks[0]?.id ?? null;
  const self = tasks.find((t) => t.id === from);
  const near = (ids: readonly string[]) =>
    ids
      .flatMap((id) => {
        const at = shown.get(id);
        return at ? [{ id, away: Math.abs(at.y - here.y) + Math.abs(at.x - here.x) / 4 }] : [];
      })
      .sort((a, b) => a.away - b.away)[0]?.id ?? null;
  switch (direction) {
    case "left":
      return near(self?.after ?? []);
    case "right":
      return near(tasks.filter((t) => t.after.includes(from)).map((t) => t.id));
    case "up":
    case "down": {
      const sign = direction === "up" ? -1 : 1;
      const beyond = tasks.filter((t) => {
        const at = shown.get(t.id);
        return at !== undefined && t.id !== from && Math.sign(at.y - here.y) === sign;
      });
      const column = beyond.filter((t) => Math.abs((shown.get(t.id)?.x ?? 0) - here.x) < 160);
      const pool = column.length ? column : beyond;
      return (
        pool
          .map((t) => {
            const at = shown.get(t.id) ?? here;
            return { id: t.id, away: Math.abs(at.y - here.y) + 2 * Math.abs(at.x - here.x) };
          })
          .sort((a, b) => a.away - b.away)[0]?.id ?? null
      );
    }
  }
}

/** What a task waits for and what it unblocks, through everything between. */
export function reach(tasks: readonly TaskView[], from: string): { up: Set<string>; down: Set<string> } {
  const byId = new Map(tasks.map((t) => [t.id, t]));
  const up = new Set(byId.get(from)?.after ?? []);
  for (const id of up) for (const d of byId.get(id)?.after ?? []) up.add(d);
  const dependents = new Map<string, string[]>();
  for (const t of tasks) for (const d of t.after) dependents.set(d, [...(dependents.get(d) ?? []), t.id]);
  const down = new Set(dependents.get(from) ?? []);
  for (const id of down) for (const d of dependents.get(id) ?? []) down.add(d);
  return { up, down };
}
