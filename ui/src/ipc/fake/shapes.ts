/* Attempts, runs and evidence of the fake, with what is usual filled in. */
import type { AgentSpec } from "../bindings/AgentSpec";
import type { AttemptView } from "../bindings/AttemptView";
import type { EvidenceView } from "../bindings/EvidenceView";
import type { RunKind } from "../bindings/RunKind";
import type { RunView } from "../bindings/RunView";
import type { TaskView } from "../bindings/TaskView";
import { minute } from "./plan";

/** What stands for a change of a file here: the same words, the same change. */
export const printOf = (words: string) => commitId(`print ${words}`);

/** A commit id that is always the same for the same words. */
export function commitId(words: string): string {
  let h = 0x811c9dc5;
  let out = "";
  for (let i = 0; out.length < 40; i++) {
    for (const c of `${words}${i}`) h = Math.imul(h ^ c.charCodeAt(0), 0x01000193) >>> 0;
    out += h.toString(16).padStart(8, "0");
  }
  return out.slice(0, 40);
}

export function run(
  p: string,
  t: string,
  attempt: number,
  kind: RunKind,
  more: Partial<RunView> = {},
): RunView {
  const id = more.id ?? `${p}-${t}-${attempt}-${more.name ?? kind}`.replace(/[^a-z0-9-]+/gi, "-");
  return {
    id,
    plan: p,
    task: t,
    attempt,
    kind,
    name: kind === "implement" ? "claude" : kind,
    command: kind === "implement" ? "claude --settings run.json" : "cargo test --workspace",
    live: false,
    pid: null,
    code: 0,
    outcome: "exited",
    detail: null,
    started_ms: Date.now() - 5 * minute,
    ended_ms: Date.now() - 4 * minute,
    usage: null,
    dir: `/home/you/.local/share/coppice/runs/${id}`,
    worktree: `/home/you/work/acme/.api.coppice/${p}/${t}/${attempt}`,
    ...more,
  };
}

export const live = { live: true, pid: 51234, code: null, outcome: null, ended_ms: null } as const;

export function attempt(p: string, t: TaskView, more: Partial<AttemptView> = {}): AttemptView {
  const number = more.number ?? 1;
  return {
    number,
    agent: t.agent ?? "claude",
    branch: `coppice/${p}/${t.id}/${number}`,
    worktree: `/home/you/work/acme/.api.coppice/${p}/${t.id}/${number}`,
    base: commitId("base"),
    head: null,
    commits: [],
    stage: t.stage,
    adopted: false,
    actions: [],
    started_ms: t.started_ms ?? Date.now() - 9 * minute,
    ended_ms: t.ended_ms,
    runs: [],
    evidence: [],
    approval: null,
    review: { last: null, rounds: 0, most_rounds: 0, requirements: [], findings: [] },
    keep_refs: [],
    files: 0,
    added: t.added ?? 0,
    deleted: t.deleted ?? 0,
    out_of_scope: [],
    ...more,
  };
}

export function evidence(check: string, head: string, more: Partial<EvidenceView> = {}): EvidenceView {
  return {
    check,
    merged: false,
    head,
    base: commitId("base"),
    code: 0,
    passed: true,
    void: null,
    run: null,
    reused: false,
    duration_ms: 31_000,
    at_ms: Date.now() - 2 * minute,
    ...more,
  };
}

const checks = [
  { name: "test", command: "cargo test --workspace", timeout_ms: 10 * minute },
  { name: "clippy", command: "cargo clippy -- -D warnings", timeout_ms: 5 * minute },
];
export function agent(name: string, adapter: string, more: Partial<AgentSpec> = {}): AgentSpec {
  return {
    name,
    adapter,
    command: [],
    script: null,
    model: null,
    effort: null,
    permission: null,
    tools: [],
    args: [],
    ...more,
  };
}

const agents = [
  agent("claude", "claude", { model: "opus", permission: "acceptEdits", tools: ["Bash", "Edit"] }),
  agent("codex", "codex", { effort: "high" }),
  agent("rehearsal", "scripted", { script: "rehearsal.toml" }),
  agent("script", "command", { command: ["sh", "agent.sh"] }),
];
export const common = { checks, agents, default_agent: "claude" };
