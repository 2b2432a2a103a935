/* A log that could have led to the plans as they are. */
import type { Event } from "../bindings/Event";
import type { FakePlan } from "./plan";
import { minute } from "./plan";
import { commitId } from "./shapes";

/** Events that could have led to the plans' state. */
export function history(plans: ReadonlyMap<string, FakePlan>): Event[] {
  const list: { at: number; body: Record<string, unknown> }[] = [];
  for (const p of plans.values()) {
    const first = Math.min(Date.now(), ...p.view.tasks.map((t) => t.started_ms ?? Date.now()));
    const say = (at: number, body: Record<string, unknown>) =>
      list.push({ at, body: { project: p.view.project, plan: p.view.id, ...body } });
    say(first - 6 * minute, { type: "plan.created", title: p.view.title });
    if (p.view.mode !== "draft") say(first - 1000, { type: "plan.started", engine_pid: 4242, again: false });
    for (const [id, attempts] of p.attempts) {
      for (const a of [...attempts].reverse()) {
        say(a.started_ms, {
          type: "attempt.started",
          task: id,
          attempt: a.number,
          base: a.base,
          branch: a.branch,
          worktree: a.worktree ?? "",
        });
        if (a.ended_ms && a !== attempts[0]) {
          const body = { task: id, attempt: a.number, reason: "the check “test” failed", will_retry: true };
          say(a.ended_ms, { type: "attempt.ended", ...body });
        }
        for (const r of a.runs) {
          const about = { task: id, attempt: a.number, run: r.id, kind: r.kind };
          say(r.started_ms, { type: "process.started", ...about, pid: 51234, shim_pid: 51230 });
          if (r.ended_ms)
            say(r.ended_ms, { type: "process.exited", ...about, code: r.code, outcome: r.outcome });
        }
        for (const e of a.evidence) {
          say(e.at_ms, {
            type: "check.finished",
            task: id,
            attempt: a.number,
            name: e.check,
            code: e.code,
            head: e.head,
            base: e.base,
            merged: e.merged,
            reused: e.reused,
            run: e.run,
            duration_ms: e.duration_ms,
          });
        }
        if (a.approval) {
          say(a.approval.at_ms, {
            type: "approved",
            task: id,
            attempt: a.number,
            head: a.approval.head,
            by: "you",
          });
        }
      }
      const t = p.view.tasks.find((x) => x.id === id);
      if (t?.since_ms && ["awaiting_approval", "failed", "landing"].includes(t.stage.kind)) {
        const about = { task: id, attempt: t.attempt };
        say(t.since_ms, { type: "task.stage", ...about, stage: t.stage.kind, word: t.stage.word });
      }
      if (t?.stage.kind === "failed") {
        const { reason } = t.stage;
        say((t.since_ms ?? 0) + 1, {
          type: "task.failed",
          task: id,
          reason: reason?.text,
          code: reason?.code,
        });
      }
      if (t?.stage.kind === "landed" && t.ended_ms) {
        const commit = t.stage.commit ?? "";
        say(t.ended_ms, { type: "landed", task: id, attempt: 1, commit, previous: commitId("base") });
      }
      if (t?.stage.kind === "needs_you") {
        const { reason } = t.stage;
        say(t.since_ms ?? 0, {
          type: "needs_you",
          task: id,
          attempt: 1,
          reason: reason?.text ?? "",
          code: reason?.code ?? "",
        });
      }
    }
  }
  list.sort((a, b) => a.at - b.at);
  return list.map(({ at, body }, i) => ({ seq: i + 1, at: new Date(at).toISOString(), ...body }) as Event);
}
