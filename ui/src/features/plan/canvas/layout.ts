/*
 * Where tasks stand. Saved places are the truth; a plan without any is laid out as a whole (layered.ts), and a task that
 * was added without a place is put beside what it waits for. Nothing here looks at a task's state, so a change of
 * state never moves anything.
 */
import type { Point } from "../../../ipc/bindings/Point";
import type { TaskView } from "../../../ipc/bindings/TaskView";
import type { Positions } from "../edits";

/** A node's size and the gaps between nodes, in pixels. */
export const nodeSize = { width: 240, height: 72 };
export const gap = { x: 80, y: 32 };

export type Shape = Pick<TaskView, "id" | "after">;

/** The same for two plans that are laid out the same. */
export function layoutKey(tasks: readonly Shape[]): string {
  return tasks.map((t) => `${t.id}<${t.after.join(",")}`).join(";");
}

/** The places of all tasks, where some have none saved. */
export function placeMissing(tasks: readonly (Shape & Pick<TaskView, "position">)[]): Map<string, Point> {
  const placed = new Map<string, Point>();
  for (const t of tasks) if (t.position) placed.set(t.id, t.position);
  const columns = new Map<string, number>();
  const column = (t: Shape, seen: readonly string[] = []): number => {
    const known = columns.get(t.id);
    if (known !== undefined) return known;
    if (seen.includes(t.id)) return 0;
    const before = t.after.flatMap((d) => tasks.find((x) => x.id === d) ?? []);
    const value = before.length ? 1 + Math.max(...before.map((b) => column(b, [...seen, t.id]))) : 0;
    columns.set(t.id, value);
    return value;
  };
  // Dependencies first, so that each newcomer can stand beside its own.
  const missing = tasks.filter((t) => !placed.has(t.id)).sort((a, b) => column(a) - column(b));
  for (const t of missing) placed.set(t.id, freePlace(wished(t, placed), placed));
  return placed;
}

function wished(t: Shape, placed: Positions): Point {
  const before = t.after.flatMap((d) => placed.get(d) ?? []);
  if (before.length) {
    return {
      x: Math.max(...before.map((p) => p.x)) + nodeSize.width + gap.x,
      y: Math.round(before.reduce((sum, p) => sum + p.y, 0) / before.length),
    };
  }
  const all = [...placed.values()];
  if (all.length === 0) return { x: 0, y: 0 };
  const left = Math.min(...all.map((p) => p.x));
  const inColumn = all.filter((p) => p.x < left + nodeSize.width);
  return { x: left, y: Math.max(...inColumn.map((p) => p.y)) + nodeSize.height + gap.y };
}

/** The wished place, or the first free one below it. */
export function freePlace(wish: Point, placed: Positions): Point {
  const at = { ...wish };
  const hits = () =>
    [...placed.values()].filter(
      (p) => Math.abs(p.x - at.x) < nodeSize.width + 16 && Math.abs(p.y - at.y) < nodeSize.height + 16,
    );
  for (let found = hits(); found.length > 0; found = hits()) {
    at.y = Math.max(...found.map((p) => p.y)) + nodeSize.height + gap.y;
  }
  return at;
}
