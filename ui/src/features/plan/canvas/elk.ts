/* Automatic layout, in a worker: a thousand tasks take half a second there and none here. */
import ELK, { type ELK as Elk } from "elkjs/lib/elk-api";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { Point } from "../../../ipc/bindings/Point";
import { gap, nodeSize, type Shape } from "./layout";

let elk: Elk | null = null;

const options = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": String(gap.x),
  "elk.spacing.nodeNode": String(gap.y),
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.separateConnectedComponents": "true",
  "elk.spacing.componentComponent": String(gap.y * 1.5),
  "elk.aspectRatio": "1.6",
};

export async function layOut(tasks: readonly Shape[]): Promise<Map<string, Point>> {
  elk ??= new ELK({ workerFactory: () => new Worker(workerUrl) });
  const known = new Set(tasks.map((t) => t.id));
  const graph = await elk.layout({
    id: "plan",
    layoutOptions: options,
    children: tasks.map((t) => ({ id: t.id, ...nodeSize })),
    edges: tasks.flatMap((t) =>
      t.after.filter((d) => known.has(d)).map((d) => ({ id: `${d}>${t.id}`, sources: [d], targets: [t.id] })),
    ),
  });
  return new Map(
    (graph.children ?? []).map((n) => [n.id, { x: Math.round(n.x ?? 0), y: Math.round(n.y ?? 0) }]),
  );
}
