import { expect, test } from "vitest";
import { agent, live, run } from "../ipc/fake/shapes";
import { agentRun, askedLine, askOf, takesMessages } from "./asks";

const needs = (code: string, text: string) => ({
  kind: "needs_you" as const,
  reason: { code, text, paths: [] },
});

test("the second line of a node says what is asked, not that something is", () => {
  expect(askedLine(needs("permission", "The agent asks for permission: Bash: npm  install\nx"))).toBe(
    "Permission: Bash: npm install x",
  );
  expect(askedLine(needs("question", "The agent asks: May an empty batch fail?"))).toBe(
    "Asks: May an empty batch fail?",
  );
  expect(askedLine(needs("uncommitted", "The agent ended but left files uncommitted."))).toBeNull();
});

test("a failed task whose reason is called stopped asks nothing", () => {
  expect(
    askOf({ kind: "failed", reason: { code: "stopped", text: "It was stopped.", paths: [] } }),
  ).toBeNull();
});

test("answers reach the newest living agent of the attempt, never a shell or another attempt", () => {
  const runs = [
    run("p", "a", 2, "shell", { ...live, id: "shell", started_ms: 9 }),
    run("p", "a", 1, "implement", { ...live, id: "old", started_ms: 8 }),
    run("p", "a", 2, "implement", { ...live, id: "first", started_ms: 1 }),
    run("p", "a", 2, "fix", { ...live, id: "fixer", started_ms: 5 }),
    run("p", "a", 2, "fix", { id: "ended", started_ms: 7 }),
    run("p", "b", 2, "implement", { ...live, id: "other", started_ms: 9 }),
  ];
  expect(agentRun(runs, "a", 2)?.id).toBe("fixer");
  expect(agentRun(runs, "c", 1)).toBeNull();
});

test("messages are offered to living sessions alone", () => {
  const agents = [agent("claude", "claude"), agent("script", "command"), agent("rehearsal", "scripted")];
  const implement = (name: string, more = {}) => run("p", "a", 1, "implement", { ...live, name, ...more });
  expect(takesMessages(implement("claude"), agents)).toBe(true);
  expect(takesMessages(implement("script"), agents)).toBe(false);
  expect(takesMessages(implement("rehearsal"), agents)).toBe(false);
  expect(takesMessages(implement("gone"), agents)).toBe(false);
  expect(takesMessages(implement("claude", { live: false }), agents)).toBe(false);
  expect(takesMessages(run("p", "a", 1, "check", { ...live, name: "claude" }), agents)).toBe(false);
});
