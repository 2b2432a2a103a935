/* Moves the fake's running plans along, one second at a time, so that the page can be seen alive. */
import type { AttemptView } from "../bindings/AttemptView";
import type { RunView } from "../bindings/RunView";
import type { Stage } from "../bindings/Stage";
import type { TaskView } from "../bindings/TaskView";
import { finishJudging } from "./compare/acts";
import type { Fake } from "./engine";
import { derive, type FakePlan, stage } from "./plan";
import { fixed, reviewed } from "./reviews";
import { attempt, commitId, evidence, run } from "./shapes";

/** Seconds that each stage takes here. */
const seconds: Partial<Record<string, number>> = {
  preparing: 2,
  implementing: 6,
  checking: 4,
  reviewing: 4,
  fixing: 5,
  queued: 2,
  landing: 4,
};

export function tick(fake: Fake): void {
  for (const p of fake.state.plans.values()) {
    const { view } = p;
    for (const t of view.tasks) {
      finishJudging(fake, p, t.id);
      // The sample plans are pictures; only what was started here moves.
      if (!moving.has(key(p, t)) && t.stage.kind !== "queued" && t.stage.kind !== "fixing") continue;
      moving.add(key(p, t));
      const limit = seconds[t.stage.kind];
      if (limit !== undefined && Date.now() - (t.since_ms ?? 0) >= limit * 1000) advance(fake, p, t);
      else if (t.stage.kind === "implementing") {
        t.action = `Editing crates/${t.id}/src/part${Math.floor(Date.now() / 1000) % 9}.rs`;
        fake.action(view.id, t.id, t.action);
      }
    }
    if (view.mode === "running") dispatch(fake, p);
  }
}

const moving = new Set<string>();
const key = (p: FakePlan, t: TaskView) => `${p.view.id}/${t.id}`;

function dispatch(fake: Fake, p: FakePlan): void {
  const landed = new Set(p.view.tasks.filter((t) => t.stage.kind === "landed").map((t) => t.id));
  for (const t of p.view.tasks) {
    if (t.stage.kind !== "waiting" || p.view.progress.slots_used >= p.view.slots) continue;
    if (!t.after.every((d) => landed.has(d))) continue;
    moving.add(key(p, t));
    t.attempt ??= 1;
    t.started_ms = Date.now();
    to(fake, p, t, stage("preparing", "Preparing"));
    const a = attempt(p.view.id, t, { number: t.attempt, runs: [], started_ms: Date.now() });
    p.attempts.set(t.id, [a, ...(p.attempts.get(t.id) ?? [])]);
    begin(fake, p, t, "setup", "setup");
    const { number: n, base, branch, worktree } = a;
    fake.say(p.view.id, { type: "attempt.started", task: t.id, attempt: n, base, branch, worktree });
  }
}

function advance(fake: Fake, p: FakePlan, t: TaskView): void {
  const a = p.attempts.get(t.id)?.[0];
  if (a) endRuns(fake, a);
  const head = commitId(`head ${t.id}`);
  switch (t.stage.kind) {
    case "preparing":
      begin(fake, p, t, "implement", t.agent ?? "agent");
      return to(fake, p, t, stage("implementing", "Working"));
    case "implementing":
      if (a) {
        Object.assign(a, { head, files: 3, added: 88, deleted: 4 });
        a.commits = [{ id: head, subject: `Do ${t.title}`, author: a.agent, at_ms: Date.now() }];
      }
      Object.assign(t, { added: 88, deleted: 4 });
      begin(fake, p, t, "check", "check test");
      return to(fake, p, t, stage("checking", "Checking 1 of 1"));
    case "checking":
      a?.evidence.push(
        evidence("test", head, { run: a.runs[0]?.id ?? null, duration_ms: 4000, at_ms: Date.now() }),
      );
      if (!p.view.review) return to(fake, p, t, stage("awaiting_approval", "Ready to review"));
      begin(fake, p, t, "review", "codex");
      return to(fake, p, t, stage("reviewing", "Reviewing"));
    case "reviewing": {
      if (!a) return;
      reviewed(t, a);
      const { head: at = head, base } = a;
      const about = { task: t.id, attempt: a.number, head: at, base, verdict: "pass" };
      fake.say(p.view.id, { type: "review.finished", ...about, unmet: 0, findings: 0 });
      return to(fake, p, t, stage("awaiting_approval", "Ready to review"));
    }
    case "fixing":
      if (a) fixed(a, commitId(`fix ${a.review.rounds} ${t.id}`));
      begin(fake, p, t, "check", "check test");
      return to(fake, p, t, stage("checking", "Checking 1 of 1"));
    case "queued":
      moving.add(key(p, t));
      begin(fake, p, t, "check", "check test, merged");
      return to(fake, p, t, stage("landing", "Landing: checking the merged tree"));
    case "landing": {
      const commit = commitId(`landed ${t.id}`);
      a?.evidence.push(
        evidence("test", head, { merged: true, run: a.runs[0]?.id ?? null, at_ms: Date.now() }),
      );
      if (a) Object.assign(a, { ended_ms: Date.now(), worktree: null });
      t.ended_ms = Date.now();
      to(fake, p, t, stage("landed", `Landed ${commit.slice(0, 7)}`, { commit }));
      const previous = commitId("base");
      return fake.say(p.view.id, { type: "landed", task: t.id, attempt: t.attempt ?? 1, commit, previous });
    }
  }
}

function begin(fake: Fake, p: FakePlan, t: TaskView, kind: RunView["kind"], name: string): void {
  const made = run(p.view.id, t.id, t.attempt ?? 1, kind, {
    name,
    live: true,
    pid: 60_000,
    code: null,
    outcome: null,
    started_ms: Date.now(),
    ended_ms: null,
  });
  p.attempts.get(t.id)?.[0]?.runs.unshift(made);
  const about = { task: t.id, attempt: made.attempt, run: made.id, kind };
  fake.say(p.view.id, { type: "process.started", ...about, pid: 60_000, shim_pid: 59_999 });
}

function endRuns(fake: Fake, a: AttemptView): void {
  for (const r of a.runs.filter((x) => x.live && x.kind !== "shell")) {
    Object.assign(r, { live: false, code: 0, outcome: "exited", ended_ms: Date.now() });
    const about = { task: r.task, attempt: r.attempt, run: r.id, kind: r.kind };
    fake.say(r.plan, { type: "process.exited", ...about, code: 0, outcome: "exited" });
  }
}

function to(fake: Fake, p: FakePlan, t: TaskView, next: Stage): void {
  t.stage = next;
  t.since_ms = Date.now();
  const a = p.attempts.get(t.id)?.[0];
  if (a) a.stage = next;
  derive(p);
  fake.say(p.view.id, {
    type: "task.stage",
    task: t.id,
    attempt: t.attempt,
    stage: next.kind,
    word: next.word,
  });
}
