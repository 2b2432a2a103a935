/* Attempts that fit a task's stage. */

import { askOf } from "../../lib/asks";
import type { AttemptView } from "../bindings/AttemptView";
import type { EvidenceView } from "../bindings/EvidenceView";
import type { RunView } from "../bindings/RunView";
import type { TaskView } from "../bindings/TaskView";
import type { UsageView } from "../bindings/UsageView";
import { minute, stage } from "./plan";
import { requirementsOf, reviewOf } from "./reviews";
import { attempt, commitId, evidence, live, run } from "./shapes";

/** What the implementing agent has used; Codex runs on a subscription here, whose tokens have no price. */
function usageOf(t: TaskView): UsageView | null {
  const lines = (t.added ?? 0) + (t.deleted ?? 0);
  if (lines === 0) return null;
  const codex = t.agent === "codex";
  return {
    model: codex ? "gpt-5-codex" : "claude-opus-4-5",
    input: 900 + 31 * lines,
    output: 400 + 57 * lines,
    cached: 18_000 + 2_100 * lines,
    cost: codex ? null : Math.round(12 + 1.35 * lines) / 100,
  };
}

const subjects = ["Add the type", "Cover the edges with tests", "Name the units"];

/** Attempts that fit a task's stage. */
export function attemptsOf(p: string, t: TaskView): AttemptView[] {
  const head = commitId(`head ${t.id}`);
  const number = t.attempt ?? 1;
  const kind = t.stage.kind;
  const started = t.started_ms ?? Date.now();
  // An agent that asks lives on until it is answered.
  const asks = askOf(t.stage) !== null;
  const works = kind === "implementing" || asks;
  const worked = !works && kind !== "preparing";
  const runs: RunView[] = [
    run(p, t.id, number, "setup", {
      name: "setup",
      command: "cargo fetch",
      started_ms: started,
      ended_ms: started + 9_000,
    }),
    run(p, t.id, number, "implement", {
      name: t.agent ?? "claude",
      command: t.agent === "codex" ? "codex exec" : "claude --print",
      started_ms: started + 9_000,
      ended_ms: started + 4 * minute,
      ...(works ? live : {}),
      usage: usageOf(t),
    }),
  ];
  const found: EvidenceView[] = [];
  const check = (name: string, more: Partial<RunView>, passed = true, merged = false) => {
    const r = run(p, t.id, number, "check", {
      name: merged ? `check ${name}, merged` : `check ${name}`,
      command: name === "test" ? "cargo test --workspace" : "cargo clippy -- -D warnings",
      started_ms: started + 4 * minute,
      ended_ms: started + 4 * minute + 31_000,
      ...more,
    });
    runs.push(r);
    if (r.live) return;
    const at = r.ended_ms ?? started;
    found.push(evidence(name, head, { run: r.id, passed, code: passed ? 0 : 101, merged, at_ms: at }));
  };
  if (kind === "checking") check("test", live);
  if (["awaiting_approval", "landed", "landing"].includes(kind) || t.id === "queue") {
    check("test", {});
    check("clippy", {});
  }
  if (kind === "landed") check("test", {}, true, true);
  if (kind === "landing") check("test", live, true, true);
  if (kind === "failed") check("test", { code: 101 }, false);
  const current = attempt(p, t, {
    number,
    head: worked ? head : null,
    commits: worked
      ? subjects.map((subject, i) => ({
          id: i === 0 ? head : commitId(`${t.id} ${i}`),
          subject,
          author: t.agent ?? "claude",
          at_ms: started + (3 - i) * minute,
        }))
      : [],
    runs: runs.reverse(),
    evidence: found,
    files: 4,
    worktree: kind === "landed" ? null : `/home/you/work/acme/.api.coppice/${p}/${t.id}/${number}`,
    approval:
      kind === "landed" || kind === "landing"
        ? { head, by: "you", at_ms: started + 6 * minute, void: null }
        : null,
    out_of_scope: t.id === "client" ? ["Cargo.lock"] : [],
  });
  current.review = reviewOf(t, current);
  if (number === 1) return [current];
  const first = attempt(p, t, {
    number: 1,
    head: commitId(`first ${t.id}`),
    stage: stage("failed", "Failed: test", {
      reason: { code: "check_failed", text: "The check “test” failed with exit code 101.", paths: [] },
    }),
    started_ms: started - 8 * minute,
    ended_ms: started - minute,
    worktree: null,
    keep_refs: [`refs/coppice/keep/${p}/${t.id}/1`],
    commits: [
      {
        id: commitId(`first ${t.id}`),
        subject: "A first try",
        author: t.agent ?? "",
        at_ms: started - 2 * minute,
      },
    ],
    evidence: [
      evidence("test", commitId(`first ${t.id}`), {
        passed: false,
        code: 101,
        void: "the head has moved",
        at_ms: started - minute - 1000,
      }),
    ],
    files: 2,
    added: 31,
    deleted: 4,
  });
  first.review.requirements = requirementsOf(t.spec).map((r) => ({
    ...r,
    status: null,
    evidence: [],
    waived: null,
  }));
  return [current, first];
}
