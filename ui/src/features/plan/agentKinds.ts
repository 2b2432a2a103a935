/* Kinds of agents, and what an agent keeps when it becomes one of another kind. */
import type { AgentSpec } from "../../ipc/bindings/AgentSpec";

export const kinds = [
  { id: "command", label: "Command" },
  { id: "scripted", label: "Scripted" },
  { id: "claude", label: "Claude Code" },
  { id: "codex", label: "Codex" },
];

const nothing: Omit<AgentSpec, "name" | "adapter"> = {
  command: [],
  script: null,
  model: null,
  effort: null,
  permission: null,
  tools: [],
  args: [],
};

export function freshAgent(name: string): AgentSpec {
  return { ...nothing, name, adapter: "command", command: ["sh", "agent.sh"] };
}

/**
 * The agent as one of another kind. Each kind takes what it knows and the engine refuses the rest: a command for
 * Claude Code, a model for a command. Names of models and permissions are one program's own.
 */
export function asKind(agent: AgentSpec, adapter: string): AgentSpec {
  if (agent.adapter === adapter) return agent;
  const { name } = agent;
  if (adapter === "command") return freshAgent(name);
  if (adapter === "scripted") return { ...nothing, name, adapter, script: "agent.toml" };
  return { ...nothing, name, adapter };
}
