/* What the fake tells of one task. */
import type { ActionView } from "../bindings/ActionView";
import type { TaskAction } from "../bindings/TaskAction";
import type { TaskDetail } from "../bindings/TaskDetail";
import type { TaskView } from "../bindings/TaskView";
import type { FakePlan } from "./plan";
import { refuse } from "./refuse";
import { requirementsOf } from "./reviews";

const forReason: Partial<Record<string, TaskAction[]>> = {
  uncommitted: ["commit_leftovers", "put_away_leftovers", "open_shell", "retry", "discard"],
  findings_remain: ["fix_again", "open_shell", "retry", "discard"],
  review_failed: ["recheck", "retry", "open_shell", "discard"],
  undecided: ["recheck", "retry", "open_shell", "discard"],
  permission: ["allow", "deny", "retry", "end_run", "open_shell", "discard"],
  question: ["retry", "end_run", "open_shell", "discard"],
  stopped: ["retry", "end_run", "open_shell", "discard"],
};

export function actionsOf(p: FakePlan, t: TaskView): ActionView[] {
  const files = t.stage.reason?.paths.length ?? 0;
  const effects: Record<TaskAction, string> = {
    approve: `Merges 3 commits onto ${p.view.target}, once the merged tree is checked.`,
    compare: "Shows what they did side by side.",
    unapprove: "Takes the approval back while it has not landed.",
    retry: "Starts a fresh attempt from the target's tip; this one is kept until the task is settled.",
    recheck: "Runs the checks again at the head.",
    fix_again: "Sends what is open to the fixer once more.",
    allow: "Lets the agent do what it asks for, this once.",
    deny: "Refuses what the agent asks for; it goes on without.",
    retry_landing: "Builds and checks the merged tree again.",
    commit_leftovers: `Commits the ${files} files inside the scope, by name.`,
    put_away_leftovers: `Puts the ${files} files under a keep ref and goes on without them.`,
    end_run: "Ends the agent, politely and then hard. Its work is kept.",
    open_shell: "Opens a shell in the attempt's worktree.",
    cancel: "Ends the task. Its work goes to the trash and stays under a keep ref.",
    discard: "Drops this work. The worktree goes to the trash; commits stay under a keep ref.",
  };
  const possible: Partial<Record<string, TaskAction[]>> = {
    awaiting_approval: ["approve", "recheck", "retry", "open_shell", "discard"],
    needs_you: forReason[t.stage.reason?.code ?? ""] ?? ["retry", "open_shell", "cancel"],
    failed: ["retry", "recheck", "open_shell", "discard"],
    implementing: ["end_run", "open_shell", "cancel"],
    checking: ["end_run", "open_shell", "cancel"],
    preparing: ["end_run", "cancel"],
    queued: ["unapprove"],
    waiting: ["cancel"],
    cancelled: ["retry"],
    discarded: ["retry"],
  };
  if (t.contenders.length > 1) possible[t.stage.kind] = ["compare", "cancel"];
  return (possible[t.stage.kind] ?? []).map((action) => ({ action, effect: effects[action] }));
}

export function detailOf(p: FakePlan, id: string): TaskDetail {
  const t = p.view.tasks.find((x) => x.id === id) ?? refuse("not_found", "The task does not exist.");
  const starts = p.view.tasks.filter((x) => x.after.includes(id)).map((x) => x.id);
  const downstream = new Set(starts);
  for (const next of downstream) {
    for (const x of p.view.tasks) if (x.after.includes(next)) downstream.add(x.id);
  }
  return {
    plan: p.view.id,
    task: t,
    requirements: requirementsOf(t.spec),
    attempts: p.attempts.get(id) ?? [],
    judgements: p.contests.get(id)?.judgements ?? [],
    judging: p.contests.get(id)?.judging != null,
    actions: actionsOf(p, t),
    landing_effect:
      t.contenders.length < 2 && t.stage.kind === "awaiting_approval"
        ? `Merge 3 commits onto ${p.view.target} 8f0c2e1, then ${starts.length} ${starts.length === 1 ? "task starts" : "tasks start"}.`
        : null,
    starts,
    downstream: [...downstream],
  };
}
