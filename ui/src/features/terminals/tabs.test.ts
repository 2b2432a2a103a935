import { expect, test } from "vitest";
import type { RunView } from "../../ipc/bindings/RunView";
import { endWord, FINISHED_TABS, firstShown, tabRow } from "./tabs";
import { hex } from "./theme";

function run(id: string, over: Partial<RunView>): RunView {
  return {
    id,
    plan: "p",
    task: "t",
    attempt: 1,
    kind: "implement",
    name: "claude",
    command: "claude",
    live: true,
    pid: 1,
    code: null,
    outcome: null,
    detail: null,
    started_ms: 0,
    ended_ms: null,
    dir: `/runs/${id}`,
    worktree: "/w",
    usage: null,
    ...over,
  };
}

const done = (id: string, ended: number, code = 0) =>
  run(id, { live: false, outcome: "exited", code, started_ms: ended - 1, ended_ms: ended });
const ids = (runs: RunView[]) => runs.map((one) => one.id);

test("the living come first and keep their order; then the newest finished", () => {
  const runs = [done("old", 10), run("b", { started_ms: 20 }), done("new", 30), run("a", { started_ms: 5 })];
  expect(ids(tabRow(runs, []).tabs)).toEqual(["a", "b", "new", "old"]);
});

test("many finished runs go behind the menu, unless they are shown", () => {
  const runs = Array.from({ length: 20 }, (_, i) => done(`r${i}`, i));
  const { tabs, older } = tabRow(runs, ["r3"]);
  expect(ids(tabs)).toEqual(["r19", "r18", "r17", "r16", "r15", "r14", "r3"]);
  expect(tabs.length + older.length).toBe(20);
  expect(tabs.length).toBe(FINISHED_TABS + 1);
});

test("an agent is shown before its checks, the living before the finished", () => {
  const check = run("check", { kind: "check", started_ms: 1 });
  expect(firstShown([done("x", 9), check, run("agent", { started_ms: 7 })])?.id).toBe("agent");
  expect(firstShown([done("x", 9), check])?.id).toBe("check");
  expect(firstShown([done("x", 9), done("y", 12)])?.id).toBe("y");
  expect(firstShown([])).toBeNull();
});

test("ends in words", () => {
  expect(endWord(run("a", {}))).toBe("");
  expect(endWord(done("a", 1, 2))).toBe("exit 2");
  expect(endWord(run("a", { live: false, outcome: "timed_out" }))).toBe("timed out");
});

test("colours become sRGB", () => {
  expect(hex([1, 0, 0])).toBe("#ffffff");
  expect(hex([0, 0, 0])).toBe("#000000");
  expect(hex([0.627955, 0.257683, 29.2339])).toBe("#ff0000");
});
