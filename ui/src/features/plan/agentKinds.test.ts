import { expect, test } from "vitest";
import { asKind, freshAgent } from "./agentKinds";

test("an agent of another kind keeps its name and nothing that its new kind would be refused for", () => {
  const command = freshAgent("builder");
  const claude = asKind(command, "claude");
  expect(claude).toMatchObject({ name: "builder", adapter: "claude", command: [], script: null });
  const chosen = { ...claude, model: "opus", permission: "acceptEdits", tools: ["Edit"] };
  expect(asKind(chosen, "codex")).toMatchObject({
    adapter: "codex",
    model: null,
    permission: null,
    tools: [],
  });
  expect(asKind(chosen, "scripted")).toMatchObject({ script: "agent.toml", model: null });
  expect(asKind(chosen, "command")).toEqual(command);
});

test("the same kind chosen again changes nothing", () => {
  const agent = { ...freshAgent("a"), command: ["make", "it"] };
  expect(asKind(agent, "command")).toBe(agent);
});
