/*
 * The graph as a tree: each task stands once, under the dependency that is deepest in the graph; its other
 * dependencies are named in its row. Pure.
 */
import type { TaskView } from "../../../ipc/bindings/TaskView";

export interface Row {
  task: TaskView;
  /** 1 for a task that waits for nothing. */
  level: number;
  parent: string | null;
  children: number;
  /** 1-based among its siblings, and how many they are. */
  place: number;
  siblings: number;
}

/** All rows in order, without what stands under a closed one. */
export function rowsOf(
  tasks: readonly TaskView[],
  closed: ReadonlySet<string>,
  kept: (task: TaskView) => boolean = () => true,
): Row[] {
  const byId = new Map(tasks.map((t) => [t.id, t]));
  const depths = new Map<string, number>();
  const depth = (t: TaskView, seen: ReadonlySet<string>): number => {
    const known = depths.get(t.id);
    if (known !== undefined) return known;
    if (seen.has(t.id)) return 0;
    const deeper = new Set(seen).add(t.id);
    const before = t.after.flatMap((d) => byId.get(d) ?? []);
    const value = before.length ? 1 + Math.max(...before.map((b) => depth(b, deeper))) : 0;
    depths.set(t.id, value);
    return value;
  };
  for (const t of tasks) depth(t, new Set());

  const children = new Map<string | null, TaskView[]>();
  for (const t of tasks) {
    const before = t.after.filter((d) => byId.has(d) && (depths.get(d) ?? 0) < (depths.get(t.id) ?? 0));
    const parent = before.sort((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0))[0] ?? null;
    const list = children.get(parent);
    if (list) list.push(t);
    else children.set(parent, [t]);
  }

  // A kept task keeps the way to it.
  const wanted = new Set<string>();
  const want = (t: TaskView): boolean => {
    const below = (children.get(t.id) ?? []).map(want).some(Boolean);
    if (below || kept(t)) wanted.add(t.id);
    return below || kept(t);
  };
  for (const t of children.get(null) ?? []) want(t);

  const rows: Row[] = [];
  const walk = (parent: string | null, level: number) => {
    const list = (children.get(parent) ?? []).filter((t) => wanted.has(t.id));
    list.forEach((task, i) => {
      const below = (children.get(task.id) ?? []).filter((t) => wanted.has(t.id)).length;
      rows.push({ task, level, parent, children: below, place: i + 1, siblings: list.length });
      if (!closed.has(task.id)) walk(task.id, level + 1);
    });
  };
  walk(null, 1);
  return rows;
}
