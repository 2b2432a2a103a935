import { expect, test } from "vitest";
import { stage, task } from "../../../ipc/fake/plan";
import { layoutKey, nodeSize, placeMissing } from "./layout";

const chain = [task("a", "A"), task("b", "B", { after: ["a"] })];

test("a change of state, title or estimate is no other layout; an edge is", () => {
  const later = chain.map((t) => ({ ...t, title: "x", estimate_ms: 5, stage: stage("landed", "Landed") }));
  expect(layoutKey(later)).toBe(layoutKey(chain));
  expect(layoutKey([task("a", "A"), task("b", "B")])).not.toBe(layoutKey(chain));
});

test("saved places stay, and newcomers stand right of what they wait for without covering anything", () => {
  const tasks = [
    task("a", "A", { position: { x: 10, y: 20 } }),
    task("b", "B", { after: ["a"], position: { x: 330, y: 20 } }),
    task("c", "C", { after: ["a"] }),
    task("d", "D", { after: ["c"] }),
    task("e", "E"),
  ];
  const places = placeMissing(tasks);
  expect(places.get("a")).toEqual({ x: 10, y: 20 });
  expect(places.get("c")?.x).toBe(330);
  expect(places.get("d")?.x).toBe(650);
  const all = [...places.values()];
  for (const [i, p] of all.entries()) {
    for (const q of all.slice(i + 1)) {
      const apart = Math.abs(p.x - q.x) >= nodeSize.width || Math.abs(p.y - q.y) >= nodeSize.height;
      expect(apart).toBe(true);
    }
  }
});

test("a graph with a cycle is still placed", () => {
  expect(placeMissing([task("a", "A", { after: ["b"] }), task("b", "B", { after: ["a"] })]).size).toBe(2);
});
