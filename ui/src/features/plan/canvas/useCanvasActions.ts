/* What keys and the palette do on the canvas. */
import { useReactFlow } from "@xyflow/react";
import { useRef } from "react";
import { toast } from "../../../components/toast";
import { ask, edit } from "../../../ipc/ask";
import type { PlanView } from "../../../ipc/bindings/PlanView";
import type { Point } from "../../../ipc/bindings/Point";
import { useActions } from "../../../lib/actions";
import { count } from "../../../lib/format";
import {
  type Copied,
  type Direction,
  neighbour,
  type Positions,
  paste,
  pinned,
  removal,
  together,
} from "../edits";
import type { DependencyEdgeType } from "./DependencyEdge";
import { fit } from "./fit";
import { layOut } from "./layered";
import { freePlace, gap, nodeSize } from "./layout";
import { useLit } from "./lit";
import type { CanvasNode } from "./nodes";

interface Given {
  plan: PlanView;
  places: Positions;
  nodes: readonly CanvasNode[];
  edges: readonly DependencyEdgeType[];
  task: string | null;
  open: (id: string | null) => void;
  begin: (draft: { at: Point; after?: string }) => void;
  drop: (moved: Positions) => Promise<void>;
  setNodes: (change: (old: CanvasNode[]) => CanvasNode[]) => void;
}

// Survives the canvas: what was copied in one plan can be pasted in another.
let copied: Copied | null = null;

export function useCanvasActions(given: Given): void {
  const { plan, places, nodes, edges, task, open, begin, drop, setNodes } = given;
  const flow = useReactFlow<CanvasNode, DependencyEdgeType>();
  const pasted = useRef(0);
  const chosen = nodes.filter((n) => n.selected).map((n) => n.id);
  const chosenEdges = edges.filter((e) => e.selected);

  const remove = async () => {
    const change = removal(chosen, chosenEdges);
    if (!change || (await edit(plan.id, change)) === null) return;
    if (task !== null && chosen.includes(task)) open(null);
    const what = chosen.length
      ? count(chosen.length, "task")
      : count(chosenEdges.length, "dependency", "dependencies");
    toast({
      tone: "quiet",
      message: `Removed ${what}.`,
      action: { label: "Undo", run: () => void ask({ type: "undo", plan: plan.id }) },
    });
  };

  const copy = () => {
    const ids = new Set(chosen);
    copied = {
      tasks: plan.tasks.filter((t) => ids.has(t.id)),
      at: new Map([...places].filter(([id]) => ids.has(id))),
    };
    pasted.current = 0;
    toast({ tone: "quiet", message: `Copied ${count(ids.size, "task")}.` });
  };

  const pasteAll = async () => {
    if (!copied) return;
    pasted.current += 1;
    const known = new Set(plan.tasks.map((t) => t.id));
    // In another plan, dependencies on what is not there have nothing to hold on to.
    const fitting: Copied = {
      at: copied.at,
      tasks: copied.tasks.map((t) => ({
        ...t,
        after: t.after.filter((d) => known.has(d) || copied?.tasks.some((c) => c.id === d)),
      })),
    };
    const { edit: change, ids } = paste(fitting, known, pasted.current);
    const pin = pinned(plan.tasks, places);
    const all = together([...(pin ? [pin] : []), ...(change ? [change] : [])]);
    if (!all || (await edit(plan.id, all)) === null) return;
    const fresh = new Set(ids);
    // Selected once they are there.
    setTimeout(() => setNodes((old) => old.map((n) => ({ ...n, selected: fresh.has(n.id) }))), 120);
  };

  const go = (direction: Direction) => {
    const next = neighbour(plan.tasks, places, task, direction);
    if (next === null) return;
    open(next);
    const at = places.get(next);
    if (at) reveal(flow, at);
  };

  const add = () => {
    const from = task !== null ? places.get(task) : undefined;
    const view = document.querySelector("[data-testid='canvas']")?.getBoundingClientRect();
    const centre = flow.screenToFlowPosition({
      x: (view?.left ?? 0) + (view?.width ?? 0) / 2,
      y: (view?.top ?? 0) + (view?.height ?? 0) / 2,
    });
    const wish = from
      ? { x: from.x + nodeSize.width + gap.x, y: from.y }
      : { x: centre.x - nodeSize.width / 2, y: centre.y - nodeSize.height / 2 };
    const at = freePlace(wish, places);
    begin(task !== null && from ? { at, after: task } : { at });
    reveal(flow, at);
  };

  const arrange = async () => {
    await drop(layOut(plan.tasks));
    requestAnimationFrame(() => flow.fitView({ ...fit, duration: 140 }));
  };

  const some = () => chosen.length > 0;
  useActions([
    {
      id: "task.new",
      label: task !== null ? "New task after this one" : "New task",
      group: "Plan",
      key: "n",
      run: add,
    },
    {
      id: "task.rename",
      label: "Rename task",
      group: "Plan",
      key: "f2",
      when: () => task !== null,
      run: () => useLit.setState({ renaming: task }),
    },
    {
      id: "task.delete",
      label: "Remove what is selected",
      group: "Plan",
      key: "delete backspace",
      when: () => some() || chosenEdges.length > 0,
      run: () => void remove(),
    },
    { id: "task.copy", label: "Copy tasks", group: "Plan", key: "mod+c", when: canCopy(some), run: copy },
    {
      id: "task.paste",
      label: "Paste tasks",
      group: "Plan",
      key: "mod+v",
      when: () => copied !== null,
      run: () => void pasteAll(),
    },
    {
      id: "task.duplicate",
      label: "Duplicate tasks",
      group: "Plan",
      key: "mod+d",
      when: some,
      run: () => {
        copy();
        void pasteAll();
      },
    },
    {
      id: "canvas.select-all",
      label: "Select all tasks",
      group: "Plan",
      key: "mod+a",
      run: () => setNodes((old) => old.map((n) => ({ ...n, selected: true }))),
    },
    {
      id: "canvas.fit",
      label: "Zoom to fit",
      group: "View",
      key: "0",
      run: () => void flow.fitView({ ...fit, duration: 140 }),
    },
    { id: "canvas.layout", label: "Arrange all tasks", group: "Plan", key: "l", run: () => void arrange() },
    ...(["left", "right", "up", "down"] as const).map((direction) => ({
      id: `canvas.${direction}`,
      label: { left: "To a dependency", right: "To a dependent", up: "Task above", down: "Task below" }[
        direction
      ],
      group: "Plan" as const,
      key: `arrow${direction}`,
      hidden: true,
      when: () => plan.tasks.length > 0,
      run: () => go(direction),
    })),
    {
      id: "canvas.deselect",
      label: "Select nothing",
      group: "Plan",
      key: "escape",
      hidden: true,
      when: () => task !== null || some(),
      run: () => {
        setNodes((old) => old.map((n) => (n.selected ? { ...n, selected: false } : n)));
        open(null);
      },
    },
  ]);
}

/** Text that is marked on the page is what a person means to copy. */
function canCopy(some: () => boolean): () => boolean {
  return () => some() && (window.getSelection()?.toString() ?? "") === "";
}

/** Brings a place into view without changing the zoom, and only when it is out of it. */
function reveal(flow: ReturnType<typeof useReactFlow<CanvasNode, DependencyEdgeType>>, at: Point): void {
  const view = document.querySelector("[data-testid='canvas']")?.getBoundingClientRect();
  if (!view) return;
  const start = flow.flowToScreenPosition(at);
  const end = flow.flowToScreenPosition({ x: at.x + nodeSize.width, y: at.y + nodeSize.height });
  const inside = start.x >= view.left && start.y >= view.top && end.x <= view.right && end.y <= view.bottom;
  if (inside) return;
  const zoom = flow.getZoom();
  void flow.setCenter(at.x + nodeSize.width / 2, at.y + nodeSize.height / 2, { zoom, duration: 140 });
}
