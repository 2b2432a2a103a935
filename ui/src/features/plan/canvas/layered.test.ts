import { expect, test } from "vitest";
import { layOut } from "./layered";
import { nodeSize, type Shape } from "./layout";

const graph = (text: string): Shape[] =>
  text.split(" ").map((part) => {
    const [id = "", after = ""] = part.split("<");
    return { id, after: after ? after.split(",") : [] };
  });

function noOverlap(places: ReadonlyMap<string, { x: number; y: number }>): boolean {
  const all = [...places.values()];
  return all.every((p, i) =>
    all
      .slice(i + 1)
      .every((q) => Math.abs(p.x - q.x) >= nodeSize.width || Math.abs(p.y - q.y) >= nodeSize.height),
  );
}

test("a diamond is symmetrical, its arms apart and its ends between them", () => {
  const at = layOut(graph("a b<a c<a d<b,c"));
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => at.get(id) ?? { x: -1, y: -1 });
  expect([a?.x, b?.x, c?.x, d?.x]).toEqual([0, 320, 320, 640]);
  expect(a?.y).toBe(d?.y);
  expect(Math.abs((b?.y ?? 0) - (c?.y ?? 0))).toBeGreaterThanOrEqual(nodeSize.height);
  expect(((b?.y ?? 0) + (c?.y ?? 0)) / 2).toBe(a?.y);
});

test("everything comes after what it waits for", () => {
  const tasks = graph("e<c,d a b<a c<a d<b f<e,a g");
  const at = layOut(tasks);
  expect(at.size).toBe(tasks.length);
  for (const t of tasks) for (const d of t.after) expect(at.get(t.id)?.x).toBeGreaterThan(at.get(d)?.x ?? 0);
  expect(noOverlap(at)).toBe(true);
});

test("arms that would cross are swapped", () => {
  const at = layOut(graph("a b x<b y<a"));
  const y = (id: string) => at.get(id)?.y ?? 0;
  expect(y("a") < y("b")).toBe(y("y") < y("x"));
});

test("what hangs on nothing stands in rows, and a late source stands by what needs it", () => {
  const at = layOut(graph("a b<a c<b late d<c,late x y z w"));
  expect(at.get("late")?.x).toBe(640);
  expect(new Set(["x", "y", "z", "w"].map((id) => at.get(id)?.y)).size).toBe(1);
});

test("a long edge keeps clear of the task it passes", () => {
  const at = layOut(graph("a b<a c<b,a"));
  expect(at.get("b")?.y).not.toBe(at.get("a")?.y);
});

test("a thousand tasks are laid out at once and without overlap, a cycle included", () => {
  const tasks: Shape[] = Array.from({ length: 1000 }, (_, i) => ({
    id: `t${i}`,
    after: i < 20 ? [] : [`t${i - 20}`, `t${i - 20 + ((i * 7) % 11)}`],
  }));
  tasks[0]?.after.push("t999");
  const started = performance.now();
  const at = layOut(tasks);
  expect(performance.now() - started).toBeLessThan(3000);
  expect(at.size).toBe(1000);
  expect(noOverlap(at)).toBe(true);
});
