/*
 * The plan as a graph. The canvas is a view and the engine is the judge: nodes and edges come from the plan's
 * snapshot; kept here are the selection, a drag, and a task that has no title yet.
 */
import "@xyflow/react/dist/base.css";
import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  MiniMap,
  type OnConnectEnd,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { edit } from "../../../ipc/ask";
import type { PlanView } from "../../../ipc/bindings/PlanView";
import type { Point } from "../../../ipc/bindings/Point";
import { Refused, request } from "../../../ipc/request";
import { currentRoute, type InspectorTab, navigate } from "../../../lib/route";
import { stageLook } from "../../../lib/stage";
import { testIds } from "../../../testids";
import { newTask, type Positions, pinned, reach, round, together } from "../edits";
import { CycleNote, type Refusal } from "./CycleNote";
import styles from "./canvas.module.css";
import { DependencyEdge, type DependencyEdgeType } from "./DependencyEdge";
import { DraftNode } from "./DraftNode";
import { firstView } from "./fit";
import { nodeSize } from "./layout";
import { light, unlight, useLit } from "./lit";
import { type CanvasNode, draftId, mergeEdges, mergeNodes } from "./nodes";
import { TaskNode } from "./TaskNode";
import { Tools } from "./Tools";
import { useCanvasActions } from "./useCanvasActions";
import { usePlaces } from "./usePlaces";

// At module scope: new objects each render would make the library draw every node again.
const nodeTypes = { task: TaskNode, draft: DraftNode };
const edgeTypes = { dependency: DependencyEdge };
interface Props {
  plan: PlanView;
  task: string | null;
  tab: InspectorTab;
}

export function Canvas(props: Props) {
  const places = usePlaces(props.plan.tasks);
  return (
    <ReactFlowProvider>
      <CanvasOf {...props} places={places} />
    </ReactFlowProvider>
  );
}

interface Draft {
  at: Point;
  /** A task that the new one waits for, or one that waits for it. */
  after?: string;
  before?: string;
}

function CanvasOf({ plan, task, tab, places: settled }: Props & { places: Positions }) {
  const flow = useReactFlow<CanvasNode, DependencyEdgeType>();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  // Where tasks were dropped, until the plan says so too.
  const [dropped, setDropped] = useState<Positions>(new Map());
  const places = useMemo(
    () => (dropped.size ? new Map([...settled, ...dropped]) : settled),
    [settled, dropped],
  );
  const [nodes, setNodes] = useState<CanvasNode[]>(() => mergeNodes([], plan.id, plan.tasks, places));
  const [edges, setEdges] = useState<DependencyEdgeType[]>(() =>
    mergeEdges([], plan.tasks, plan.critical_path),
  );
  // An empty plan has nothing to fit; its first task stays where it was put.
  const [fitsFirst] = useState(nodes.length > 0);
  const latest = useRef({ plan, places, draft });
  latest.current = { plan, places, draft };
  // Until the person moves the view or draws, it keeps showing the plan, however the panels around it change.
  const touched = useRef(false);

  useEffect(() => {
    setNodes((old) => mergeNodes(old, plan.id, plan.tasks, places));
    setEdges((old) => mergeEdges(old, plan.tasks, plan.critical_path));
  }, [plan, places]);

  useEffect(() => setDropped((d) => stillOpen(d, plan)), [plan]);
  useEffect(() => () => unlight(), []);

  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const { tasks } = latest.current.plan;
      if (!touched.current && tasks.length > 0)
        requestAnimationFrame(() => void flow.fitView(firstView(tasks)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [flow]);

  // The route names one selected task; a selection of several that holds it stays.
  useEffect(() => {
    setNodes((old) => {
      const several = old.filter((n) => n.selected).length > 1;
      if (several && old.some((n) => n.selected && n.id === task)) return old;
      return old.some((n) => (n.selected ?? false) !== (n.id === task))
        ? old.map((n) => ((n.selected ?? false) === (n.id === task) ? n : { ...n, selected: n.id === task }))
        : old;
    });
  }, [task]);

  const open = useCallback(
    (id: string | null) => {
      if (id === draftId) return;
      const here = currentRoute();
      if (here.at === "plan") navigate({ ...here, plan: plan.id, task: id, tab: here.tab ?? tab }, "replace");
    },
    [plan.id, tab],
  );

  const refuse = useCallback((shaken: string, problem: unknown) => {
    const message = problem instanceof Error ? problem.message : String(problem);
    setRefusal({ message, hint: problem instanceof Refused ? problem.wire.hint : null });
    useLit.setState({ shaken });
    setTimeout(() => useLit.setState((s) => (s.shaken === shaken ? { shaken: null } : s)), 400);
  }, []);

  const connect = useCallback(
    async (from: string, to: string) => {
      if (from === to) return;
      try {
        await request({
          type: "edit_plan",
          plan: plan.id,
          edit: { type: "connect", from, to },
          revision: null,
        });
        setRefusal(null);
      } catch (problem) {
        refuse(to, problem);
      }
    },
    [plan.id, refuse],
  );

  const begin = useCallback((next: Draft) => {
    touched.current = true;
    setDraft({ ...next, at: round(next.at) });
  }, []);

  const finishDraft = useCallback(
    async (title: string | null) => {
      const { plan: now, places: shown, draft: drawn } = latest.current;
      setDraft(null);
      if (!drawn || !title) return;
      const add = {
        type: "add_task" as const,
        task: newTask(title, { after: drawn.after ? [drawn.after] : [] }),
        at: drawn.at,
      };
      const pin = pinned(now.tasks, shown);
      const made = await edit(now.id, together(pin ? [pin, add] : [add]) ?? add);
      const id = made?.created[0];
      if (!id) return;
      if (drawn.before) await connect(id, drawn.before);
      open(id);
    },
    [connect, open],
  );

  const onConnectEnd = useCallback<OnConnectEnd>(
    (event, state) => {
      if (state.toNode || !state.fromNode) return;
      const pointer = "changedTouches" in event ? event.changedTouches[0] : event;
      if (!pointer) return;
      const at = flow.screenToFlowPosition({ x: pointer.clientX, y: pointer.clientY });
      const from = state.fromNode.id;
      if (state.fromHandle?.type === "target") {
        begin({ at: { x: at.x - nodeSize.width, y: at.y - nodeSize.height / 2 }, before: from });
      } else begin({ at: { x: at.x, y: at.y - nodeSize.height / 2 }, after: from });
    },
    [flow, begin],
  );

  const drop = useCallback(async (moved: Positions) => {
    const { plan: now, places: shown } = latest.current;
    const change = pinned(now.tasks, shown, moved);
    if (!change) return;
    touched.current = true;
    setDropped((d) => new Map([...d, ...moved]));
    if ((await edit(now.id, change)) === null) setDropped(new Map());
  }, []);

  useCanvasActions({ plan, places, nodes, edges, task, open, begin, drop, setNodes });

  const shown: CanvasNode[] = useMemo(
    () =>
      draft
        ? [
            ...nodes,
            { id: draftId, type: "draft", position: draft.at, data: { onDone: finishDraft }, ...nodeSize },
          ]
        : nodes,
    [nodes, draft, finishDraft],
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard's way to a new task is the N key and the toolbar
    <div
      ref={frame}
      className={styles.canvas}
      data-testid={testIds.canvas}
      onDoubleClick={(e) => {
        if (!(e.target instanceof Element) || !e.target.classList.contains("react-flow__pane")) return;
        const at = flow.screenToFlowPosition({ x: e.clientX, y: e.clientY });
        begin({ at: { x: at.x - nodeSize.width / 2, y: at.y - nodeSize.height / 2 } });
      }}
    >
      <ReactFlow<CanvasNode, DependencyEdgeType>
        nodes={shown}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={(changes) => setNodes((old) => applyNodeChanges(changes, old))}
        onEdgesChange={(changes) => setEdges((old) => applyEdgeChanges(changes, old))}
        onConnect={({ source, target }) => void connect(source, target)}
        onConnectEnd={onConnectEnd}
        onNodeClick={(e, node) => !e.shiftKey && !e.metaKey && !e.ctrlKey && open(node.id)}
        onNodeDoubleClick={(_, node) => node.type === "task" && useLit.setState({ renaming: node.id })}
        onNodeDragStop={(_, __, moved) => void drop(new Map(moved.map((n) => [n.id, round(n.position)])))}
        onNodeMouseEnter={(_, node) => node.type === "task" && light(node.id, reach(plan.tasks, node.id))}
        onNodeMouseLeave={unlight}
        onPaneClick={() => open(null)}
        onMoveStart={(event) => {
          if (event) touched.current = true;
        }}
        fitView={fitsFirst}
        fitViewOptions={firstView(plan.tasks)}
        minZoom={0.05}
        maxZoom={2}
        panOnScroll
        selectNodesOnDrag={false}
        nodeDragThreshold={3}
        zoomOnDoubleClick={false}
        connectionRadius={28}
        onlyRenderVisibleElements
        disableKeyboardA11y
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} size={1.6} color="var(--line)" />
        {nodes.length > 8 && (
          <MiniMap<CanvasNode>
            pannable
            zoomable
            ariaLabel="Overview of the plan"
            style={{ width: 148, height: 96 }}
            bgColor="var(--s1)"
            maskColor="color-mix(in oklab, var(--s0) 62%, transparent)"
            nodeColor={miniColor}
            nodeBorderRadius={20}
          />
        )}
      </ReactFlow>
      <Tools plan={plan} />
      {refusal && <CycleNote refusal={refusal} onClose={() => setRefusal(null)} />}
    </div>
  );
}

function miniColor(node: CanvasNode): string {
  const hue = node.type === "task" ? stageLook[node.data.task.stage.kind].hue : "quiet";
  return hue === "quiet" ? "var(--line-strong)" : `var(--${hue})`;
}

/** The dropped places that the plan does not hold yet. */
function stillOpen(dropped: Positions, plan: PlanView): Positions {
  if (dropped.size === 0) return dropped;
  const open = [...dropped].filter(([id, at]) => {
    const saved = plan.tasks.find((t) => t.id === id)?.position;
    return saved !== undefined && (saved?.x !== at.x || saved?.y !== at.y);
  });
  return open.length === dropped.size ? dropped : new Map(open);
}
