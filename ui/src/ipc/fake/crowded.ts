/* A crowded plan. */
import type { TaskView } from "../bindings/TaskView";
import { attemptsOf } from "./attempts";
import { crowdedReview, crowdedSpec, crowdedTitle } from "./crowdedReview";
import { type FakePlan, minute, plan, stage, task } from "./plan";
import { commitId, common } from "./shapes";

/** 200 tasks in layers, every stage among them. */
export function crowdedPlan(): FakePlan {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const verbs = ["Add", "Move", "Split", "Guard", "Cache", "Trace", "Rename", "Harden", "Index", "Batch"];
  const nouns = [
    "sessions",
    "the router",
    "uploads",
    "invoices",
    "search",
    "the scheduler",
    "webhooks",
    "exports",
  ];
  const now = Date.now();
  const tasks: TaskView[] = [];
  for (let i = 0; i < 200; i++) {
    const layer = Math.floor(i / 16);
    const before = tasks.filter((_, j) => Math.floor(j / 16) === layer - 1);
    const after = [...new Set(before.filter(() => random() < 0.11).map((t) => t.id))].slice(0, 3);
    const title = `${verbs[i % verbs.length]} ${nouns[Math.floor(i / 3) % nouns.length]} ${i + 1}`;
    const t = task(`t${i + 1}`, title, {
      after,
      agent: ["claude", "codex", "rehearsal"][i % 3] ?? "claude",
      estimate_ms: (4 + Math.floor(random() * 20)) * minute,
      scope: [`crates/part${i % 24}/**`],
    });
    if (i < 70) {
      t.stage = stage("landed", `Landed ${commitId(t.id).slice(0, 7)}`, { commit: commitId(t.id) });
    } else if (i < 78) {
      t.stage = stage(i % 2 ? "implementing" : "checking", i % 2 ? "Working" : "Checking 1 of 2");
      t.action = i % 2 ? "Editing src/lib.rs" : "running 214 tests";
    } else if (i < 82) t.stage = stage("awaiting_approval", "Ready to review");
    else if (i < 84) {
      t.stage = stage("needs_you", "Needs you: no commit", {
        reason: { code: "no_commit", text: "The agent exited with 0 and made no commit.", paths: [] },
      });
    } else t.stage = stage("waiting", "Waiting");
    if (i === 78) Object.assign(t, { title: crowdedTitle, spec: crowdedSpec });
    if (i < 84) {
      t.attempt = 1;
      t.started_ms = now - (140 - i) * minute;
      t.ended_ms = i < 70 ? now - (128 - i) * minute : null;
      t.since_ms = t.ended_ms ?? now - (84 - i) * 20_000;
      t.added = Math.floor(random() * 400);
      t.deleted = Math.floor(random() * 90);
    }
    tasks.push(t);
  }
  const made = plan("crowd", "acme", "The great rework of everything that talks to storage", tasks, {
    ...common,
    mode: "running",
    slots: 8,
  });
  made.view.progress.elapsed_ms = 140 * minute;
  for (const t of made.view.tasks) if (t.attempt) made.attempts.set(t.id, attemptsOf("crowd", t));
  // One of those that wait for a look has everything there is to look at.
  const [full] = made.attempts.get("t79") ?? [];
  if (full) Object.assign(full, { review: crowdedReview(full), agent: "claude-with-everything-allowed" });
  return made;
}
