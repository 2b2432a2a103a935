import { expect, test } from "vitest";
import { task } from "../../../ipc/fake/plan";
import { rowsOf } from "./rows";

const tasks = [
  task("a", "A"),
  task("b", "B", { after: ["a"] }),
  task("c", "C", { after: ["a"] }),
  task("d", "D", { after: ["a", "b", "c"] }),
  task("e", "E"),
];
const brief = (rows: ReturnType<typeof rowsOf>) => rows.map((r) => `${"-".repeat(r.level)}${r.task.id}`);

test("every task stands once, under its deepest dependency", () => {
  expect(brief(rowsOf(tasks, new Set()))).toEqual(["-a", "--b", "---d", "--c", "-e"]);
});

test("a closed row hides what stands under it and says that there is something", () => {
  const rows = rowsOf(tasks, new Set(["b"]));
  expect(brief(rows)).toEqual(["-a", "--b", "--c", "-e"]);
  expect(rows[1]).toMatchObject({ children: 1, place: 1, siblings: 2 });
});

test("a filter keeps the way to what it keeps", () => {
  expect(brief(rowsOf(tasks, new Set(), (t) => t.id === "d"))).toEqual(["-a", "--b", "---d"]);
});

test("a cycle, which the engine refuses, loses no task", () => {
  const ring = [task("x", "X", { after: ["y"] }), task("y", "Y", { after: ["x"] })];
  expect(rowsOf(ring, new Set())).toHaveLength(2);
});
