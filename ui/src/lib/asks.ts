/* What a living agent asks of a person, and which run it is that is talked to. */
import type { AgentSpec } from "../ipc/bindings/AgentSpec";
import type { RunView } from "../ipc/bindings/RunView";
import type { Stage } from "../ipc/bindings/Stage";

export type AgentAsk = "permission" | "question" | "stopped";

const asks: readonly string[] = ["permission", "question", "stopped"] satisfies AgentAsk[];

/** What the agent waits with; null when it is no agent that is waited for. */
export function askOf({ kind, reason }: Pick<Stage, "kind" | "reason">): AgentAsk | null {
  const code = reason?.code ?? "";
  return kind === "needs_you" && asks.includes(code) ? (code as AgentAsk) : null;
}

const names: Record<AgentAsk, string> = { permission: "Permission", question: "Asks", stopped: "Stopped" };

/** One line that says what is asked: "Permission: npm install"; null when nothing is. */
export function askedLine(stage: Pick<Stage, "kind" | "reason">): string | null {
  const ask = askOf(stage);
  if (ask === null) return null;
  // The sentence's beginning says what the name says.
  const asked = (stage.reason?.text ?? "").replace(/^The agent (asks for permission|asks|stopped): /, "");
  return `${names[ask]}: ${asked.replace(/\s+/g, " ").trim()}`;
}

/** The living agent of an attempt, the newest; answers and messages reach this one. */
export function agentRun(runs: readonly RunView[], task: string, attempt: number): RunView | null {
  const agents = runs.filter(
    (r) =>
      r.live &&
      r.task === task &&
      r.attempt === attempt &&
      (r.kind === "implement" || r.kind === "fix" || r.kind === "review"),
  );
  return agents.sort((a, b) => b.started_ms - a.started_ms)[0] ?? null;
}

/** Programs that read no words while they run. */
const deaf = ["command", "scripted"];

/** Whether what is typed to this run reaches an agent that reads it. */
export function takesMessages(run: RunView, agents: readonly AgentSpec[]): boolean {
  const adapter = agents.find((a) => a.name === run.name)?.adapter;
  return run.live && run.kind === "implement" && adapter !== undefined && !deaf.includes(adapter);
}
