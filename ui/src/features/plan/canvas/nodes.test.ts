import { expect, test } from "vitest";
import { stage, task } from "../../../ipc/fake/plan";
import { mergeEdges, mergeNodes } from "./nodes";

const tasks = [task("a", "A"), task("b", "B", { after: ["a"] })];
const places = new Map([
  ["a", { x: 0, y: 0 }],
  ["b", { x: 320, y: 0 }],
]);

test("a change of one task leaves the other nodes the same objects", () => {
  const first = mergeNodes([], "p", tasks, places);
  const [a, b] = tasks;
  if (!a || !b) throw new Error("two tasks");
  const moved = [a, { ...b, stage: stage("implementing", "Working") }];
  const second = mergeNodes(first, "p", moved, places);
  expect(second[0]).toBe(first[0]);
  expect(second[1]).not.toBe(first[1]);
});

test("a node being dragged stays under the pointer whatever the plan says", () => {
  const dragged = mergeNodes([], "p", tasks, places).map((n) =>
    n.id === "b" ? { ...n, dragging: true, position: { x: 5, y: 5 } } : n,
  );
  expect(mergeNodes(dragged, "p", tasks, places)[1]?.position).toEqual({ x: 5, y: 5 });
});

test("an edge is drawn again only when its dependency lands or the critical path moves", () => {
  const first = mergeEdges([], tasks, ["a", "b"]);
  expect(first).toMatchObject([{ source: "a", target: "b", data: { landed: false, critical: true } }]);
  expect(mergeEdges(first, tasks, ["a", "b"])[0]).toBe(first[0]);
  const [a, b] = tasks;
  if (!a || !b) throw new Error("two tasks");
  const landed = mergeEdges(first, [{ ...a, stage: stage("landed", "Landed") }, b], ["a", "b"]);
  expect(landed).toMatchObject([{ data: { landed: true } }]);
});
