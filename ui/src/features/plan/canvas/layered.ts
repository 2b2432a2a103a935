/*
 * Automatic layout of a plan, left to right: layers by longest path, order within a layer by the barycentre of the
 * neighbours, heights by the least movement that keeps the order and the gaps. Long edges hold their place with
 * a thin stand-in in every layer they cross. A few milliseconds for hundreds of tasks, so it needs no worker and no
 * waiting; it runs when the graph's shape changes and never for a change of state.
 */
import type { Point } from "../../../ipc/bindings/Point";
import { gap, nodeSize, type Shape } from "./layout";

interface Item {
  /** Null for the stand-in of a long edge. */
  id: string | null;
  height: number;
  before: Item[];
  after: Item[];
  y: number;
}

/** How often the order and the heights go back and forth. */
const sweeps = 8;

export function layOut(tasks: readonly Shape[]): Map<string, Point> {
  const places = new Map<string, Point>();
  let top = 0;
  const parts = components(tasks);
  const alone = parts.filter((part) => part.length === 1).flat();
  for (const part of parts.filter((p) => p.length > 1)) {
    const layers = layersOf(part);
    order(layers);
    const bottom = heights(layers);
    layers.forEach((layer, i) => {
      for (const item of layer) {
        if (item.id === null) continue;
        places.set(item.id, { x: i * (nodeSize.width + gap.x), y: Math.round(top + item.y) });
      }
    });
    top += bottom + gap.y * 1.5;
  }
  // What hangs on nothing stands below the rest in rows, as wide as the rest.
  const widest = Math.max(0, ...[...places.values()].map((p) => p.x)) / (nodeSize.width + gap.x) + 1;
  const perRow = Math.max(widest, Math.ceil(Math.sqrt(alone.length)));
  alone.forEach((t, i) => {
    const x = (i % perRow) * (nodeSize.width + gap.x);
    places.set(t.id, { x, y: Math.round(top + Math.floor(i / perRow) * (nodeSize.height + gap.y)) });
  });
  return places;
}

/** Tasks that hang together, the largest group first; those that hang on nothing come last, as they are. */
function components(tasks: readonly Shape[]): Shape[][] {
  const group = new Map(tasks.map((t) => [t.id, t.id]));
  const root = (id: string): string => {
    let at = id;
    for (let up = group.get(at); up !== undefined && up !== at; up = group.get(at)) at = up;
    return at;
  };
  for (const t of tasks) for (const d of t.after) if (group.has(d)) group.set(root(d), root(t.id));
  const parts = new Map<string, Shape[]>();
  for (const t of tasks) {
    const key = root(t.id);
    const part = parts.get(key);
    if (part) part.push(t);
    else parts.set(key, [t]);
  }
  return [...parts.values()].sort((a, b) => b.length - a.length);
}

function layersOf(tasks: readonly Shape[]): Item[][] {
  const byId = new Map(tasks.map((t) => [t.id, t]));
  const depth = new Map<string, number>();
  const deep = (id: string, open: ReadonlySet<string>): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    const inner = new Set(open).add(id);
    const before = (byId.get(id)?.after ?? []).filter((d) => byId.has(d) && !inner.has(d));
    const value = before.length ? 1 + Math.max(...before.map((d) => deep(d, inner))) : 0;
    depth.set(id, value);
    return value;
  };
  for (const t of tasks) deep(t.id, new Set());
  // A task that waits for nothing stands right before what waits for it, not at the far left.
  const first = new Map<string, number>();
  for (const t of tasks) {
    for (const d of t.after)
      first.set(d, Math.min(first.get(d) ?? Number.POSITIVE_INFINITY, depth.get(t.id) ?? 0));
  }
  for (const t of tasks) {
    const next = first.get(t.id);
    if (depth.get(t.id) === 0 && next !== undefined && next > 1) depth.set(t.id, next - 1);
  }
  const layers: Item[][] = [];
  const put = (layer: number, id: string | null): Item => {
    const item: Item = { id, height: id === null ? gap.y / 2 : nodeSize.height, before: [], after: [], y: 0 };
    let list = layers[layer];
    while (!list) {
      layers.push([]);
      list = layers[layer];
    }
    list.push(item);
    return item;
  };
  const items = new Map(tasks.map((t) => [t.id, put(depth.get(t.id) ?? 0, t.id)]));
  for (const t of tasks) {
    const to = items.get(t.id);
    for (const d of t.after) {
      const from = items.get(d);
      const start = depth.get(d) ?? 0;
      const end = depth.get(t.id) ?? 0;
      if (!from || !to || start >= end) continue;
      let last = from;
      for (let layer = start + 1; layer < end; layer++) {
        const stand = put(layer, null);
        link(last, stand);
        last = stand;
      }
      link(last, to);
    }
  }
  return layers;
}

function link(from: Item, to: Item): void {
  from.after.push(to);
  to.before.push(from);
}

function order(layers: Item[][]): void {
  const index = new Map<Item, number>();
  const number = (layer: readonly Item[]) => {
    for (const [i, item] of layer.entries()) index.set(item, i);
  };
  layers.forEach(number);
  let best = layers.map((l) => [...l]);
  let least = crossings(layers, index);
  for (let round = 0; round < sweeps && least > 0; round++) {
    const down = round % 2 === 0;
    for (const layer of down ? layers.slice(1) : layers.slice(0, -1).reverse()) {
      const weight = new Map(
        layer.map((item) => {
          const near = down ? item.before : item.after;
          const sum = near.reduce((s, n) => s + (index.get(n) ?? 0), 0);
          return [item, near.length ? sum / near.length : (index.get(item) ?? 0)];
        }),
      );
      layer.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
      number(layer);
    }
    const now = crossings(layers, index);
    if (now < least) {
      least = now;
      best = layers.map((l) => [...l]);
    }
  }
  best.forEach((layer, i) => {
    layers[i] = layer;
  });
}

function crossings(layers: readonly Item[][], index: ReadonlyMap<Item, number>): number {
  let total = 0;
  for (const layer of layers) {
    const ends = layer.flatMap((item) => item.after.map((n) => index.get(n) ?? 0).sort((a, b) => a - b));
    // Inversions, by inserting each end into the sorted ones before it.
    const seen: number[] = [];
    for (const end of ends) {
      let at = seen.length;
      while (at > 0 && (seen[at - 1] ?? 0) > end) at--;
      total += seen.length - at;
      seen.splice(at, 0, end);
    }
  }
  return total;
}

/** Gives every item its height above; returns how far down the lowest reaches. */
function heights(layers: readonly Item[][]): number {
  for (const layer of layers) settle(layer, () => 0);
  for (let round = 0; round < sweeps; round++) {
    const down = round % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      settle(layer, (item) => {
        const near = down ? item.before : item.after;
        const all = near.length ? near : item.before.concat(item.after);
        if (all.length === 0) return item.y;
        const middle = all.reduce((s, n) => s + n.y + n.height / 2, 0) / all.length;
        return middle - item.height / 2;
      });
    }
  }
  const items = layers.flat();
  const top = Math.min(...items.map((i) => i.y));
  for (const item of items) item.y -= top;
  return Math.max(...items.filter((i) => i.id !== null).map((i) => i.y + i.height));
}

/** Places a layer as near to the wishes as its order and gaps allow (least squares: pooling adjacent violators). */
function settle(layer: readonly Item[], wish: (item: Item) => number): void {
  let offset = 0;
  const blocks: { sum: number; items: { item: Item; offset: number }[] }[] = [];
  for (const item of layer) {
    blocks.push({ sum: wish(item) - offset, items: [{ item, offset }] });
    offset += item.height + gap.y;
    for (
      let last = blocks.at(-1), prior = blocks.at(-2);
      last && prior;
      last = blocks.at(-1), prior = blocks.at(-2)
    ) {
      if (prior.sum / prior.items.length <= last.sum / last.items.length) break;
      prior.sum += last.sum;
      prior.items.push(...last.items);
      blocks.pop();
    }
  }
  for (const block of blocks) {
    const base = block.sum / block.items.length;
    for (const { item, offset: own } of block.items) item.y = base + own;
  }
}
