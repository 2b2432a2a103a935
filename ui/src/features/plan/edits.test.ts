import { expect, test } from "vitest";
import { task } from "../../ipc/fake/plan";
import { neighbour, paste, pinned, reach, removal } from "./edits";

const diamond = [
  task("a", "A"),
  task("b", "B", { after: ["a"] }),
  task("c", "C", { after: ["a"] }),
  task("d", "D", { after: ["b", "c"] }),
];
const places = new Map([
  ["a", { x: 0, y: 50 }],
  ["b", { x: 320, y: 0 }],
  ["c", { x: 320, y: 100 }],
  ["d", { x: 640, y: 50 }],
]);

test("a paste brings the dependencies among the copies and keeps those on the rest", () => {
  const copied = { tasks: diamond.filter((t) => ["b", "d"].includes(t.id)), at: places };
  const { edit, ids } = paste(copied, ["a", "b", "c", "d", "b-copy"], 1);
  expect(ids).toEqual(["b-copy-2", "d-copy"]);
  expect(edit).toMatchObject({
    type: "batch",
    edits: [
      { type: "add_task", task: { id: "b-copy-2", title: "B", after: ["a"] }, at: { x: 360, y: 40 } },
      { type: "add_task", task: { id: "d-copy", after: ["c"] }, at: { x: 680, y: 90 } },
      { type: "connect", from: "b-copy-2", to: "d-copy" },
    ],
  });
});

test("a copy of a copy is no copy-copy", () => {
  expect(paste({ tasks: [task("b-copy", "B")], at: new Map() }, ["b", "b-copy"], 1).ids).toEqual([
    "b-copy-2",
  ]);
});

test("removing a task does not also disconnect what goes with it", () => {
  const edges = [
    { source: "a", target: "b" },
    { source: "c", target: "d" },
  ];
  expect(removal(["b"], edges)).toEqual({
    type: "batch",
    edits: [
      { type: "disconnect", from: "c", to: "d" },
      { type: "remove_tasks", tasks: ["b"] },
    ],
  });
  expect(removal([], [])).toBeNull();
});

test("moving one task of a plan without places pins the others where they are shown", () => {
  const moved = new Map([["b", { x: 400.4, y: 7.6 }]]);
  expect(pinned(diamond, places, moved)).toEqual({
    type: "move",
    positions: [
      { task: "a", at: { x: 0, y: 50 } },
      { task: "b", at: { x: 400, y: 8 } },
      { task: "c", at: { x: 320, y: 100 } },
      { task: "d", at: { x: 640, y: 50 } },
    ],
  });
  const saved = diamond.map((t) => ({ ...t, position: places.get(t.id) ?? null }));
  expect(pinned(saved, places, moved)).toMatchObject({ positions: [{ task: "b" }] });
  expect(pinned(saved, places)).toBeNull();
});

test("arrows follow the edges sideways and the column up and down", () => {
  expect(neighbour(diamond, places, "a", "right")).toBe("b");
  expect(neighbour(diamond, places, "d", "left")).toBe("b");
  expect(neighbour(diamond, places, "b", "down")).toBe("c");
  expect(neighbour(diamond, places, "b", "up")).toBeNull();
  expect(neighbour(diamond, places, null, "up")).toBe("a");
});

test("what lights up is everything before and everything after", () => {
  const { up, down } = reach(diamond, "b");
  expect([...up]).toEqual(["a"]);
  expect([...down]).toEqual(["d"]);
  expect([...reach(diamond, "a").down].sort()).toEqual(["b", "c", "d"]);
});
