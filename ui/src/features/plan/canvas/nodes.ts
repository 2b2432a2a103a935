/* The plan as the canvas library wants it. What did not change stays the same object, so that it is not drawn again. */
import type { Point } from "../../../ipc/bindings/Point";
import type { TaskView } from "../../../ipc/bindings/TaskView";
import type { Positions } from "../edits";
import type { DependencyEdgeType } from "./DependencyEdge";
import type { DraftNodeType } from "./DraftNode";
import { nodeSize } from "./layout";
import type { TaskNodeType } from "./TaskNode";

export type CanvasNode = TaskNodeType | DraftNodeType;

export const draftId = "\u0000draft";

export function mergeNodes(
  old: readonly CanvasNode[],
  plan: string,
  tasks: readonly TaskView[],
  places: Positions,
): CanvasNode[] {
  const before = new Map(old.map((n) => [n.id, n]));
  return tasks.map((task): CanvasNode => {
    const at = places.get(task.id) ?? { x: 0, y: 0 };
    const known = before.get(task.id);
    if (known?.type === "task") {
      const position = known.dragging ? known.position : at;
      if (known.data.task === task && same(known.position, position)) return known;
      return { ...known, position, data: { task, plan }, ariaLabel: labelOf(task) };
    }
    return {
      id: task.id,
      type: "task",
      position: at,
      data: { task, plan },
      ariaLabel: labelOf(task),
      ...nodeSize,
    };
  });
}

export function labelOf(task: TaskView): string {
  return `${task.title}. ${task.stage.word}.${task.why_waiting ? ` ${task.why_waiting}` : ""}`;
}

function same(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

export function edgeId(from: string, to: string): string {
  return `${from}\u0000${to}`;
}

export function mergeEdges(
  old: readonly DependencyEdgeType[],
  tasks: readonly TaskView[],
  criticalPath: readonly string[],
): DependencyEdgeType[] {
  const before = new Map(old.map((e) => [e.id, e]));
  const byId = new Map(tasks.map((t) => [t.id, t]));
  const next = new Map(criticalPath.slice(1).map((id, i) => [criticalPath[i], id]));
  return tasks.flatMap((to) =>
    to.after.flatMap((from) => {
      const source = byId.get(from);
      if (!source) return [];
      const id = edgeId(from, to.id);
      const landed = source.stage.kind === "landed";
      const critical = next.get(from) === to.id;
      const known = before.get(id);
      if (known?.data?.landed === landed && known.data.critical === critical) return [known];
      return [
        {
          ...known,
          id,
          type: "dependency" as const,
          source: from,
          target: to.id,
          data: { landed, critical },
          ariaLabel: `${to.title} starts after ${source.title} has landed`,
        },
      ];
    }),
  );
}
