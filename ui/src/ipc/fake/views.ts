/* What the fake tells of its state in lists. */
import type { InboxItem } from "../bindings/InboxItem";
import type { LandingView } from "../bindings/LandingView";
import type { PlanSummary } from "../bindings/PlanSummary";
import type { PlanView } from "../bindings/PlanView";
import type { ProjectView } from "../bindings/ProjectView";
import type { RunView } from "../bindings/RunView";
import type { TaskView } from "../bindings/TaskView";
import { actionsOf } from "./detail";
import type { FakePlan } from "./plan";
import { commitId } from "./shapes";
import type { State } from "./world";

export function allRuns(state: State): RunView[] {
  return [...state.plans.values()].flatMap((p) =>
    [...p.attempts.values()].flatMap((l) => l.flatMap((a) => a.runs)),
  );
}

export function runByDir(state: State, dir: string): RunView | undefined {
  return allRuns(state).find((r) => r.dir === dir);
}

export function summary(view: PlanView): PlanSummary {
  const { id, project: of, title, target, mode, progress, file } = view;
  return { id, project: of, title, target, mode, progress, file };
}

export function projectView(state: State, p: ProjectView): ProjectView {
  const plans = [...state.plans.values()].filter((x) => x.view.project === p.id).map((x) => summary(x.view));
  return { ...p, plans, trash: p.id === "acme" ? state.trash.length : 0 };
}

export function landingView(p: FakePlan): LandingView {
  const entry = (t: TaskView) => {
    const a = p.attempts.get(t.id)?.[0];
    return {
      task: t.id,
      title: t.title,
      attempt: t.attempt ?? 1,
      head: a?.head ?? commitId(`head ${t.id}`),
      stage: t.stage,
      candidate: t.stage.kind === "landing" ? commitId(`candidate ${t.id}`) : null,
      onto: commitId("base"),
      evidence: a?.evidence ?? [],
      since_ms: t.since_ms ?? Date.now(),
    };
  };
  const of = (kinds: string[]) => p.view.tasks.filter((t) => kinds.includes(t.stage.kind));
  return {
    target: p.view.target,
    tip: commitId("base"),
    upstream: p.upstream,
    queue: of(["landing", "queued"]).map(entry),
    held: of(["needs_you"])
      .filter((t) => t.stage.reason?.code === "merged_check_failed")
      .map(entry),
    landed: of(["landed"])
      .map((t) => ({
        task: t.id,
        title: t.title,
        commit: t.stage.commit ?? commitId(t.id),
        previous: commitId("base"),
        at_ms: t.ended_ms ?? Date.now(),
      }))
      .sort((a, b) => b.at_ms - a.at_ms),
  };
}

const words = (n: number) => `${n === 2 ? "Two" : n} attempts are ready to compare.`;

export function inbox(state: State): InboxItem[] {
  const kinds = { needs_you: "needs_you", awaiting_approval: "ready_to_review", failed: "failed" } as const;
  const items: InboxItem[] = [];
  for (const p of state.plans.values()) {
    for (const t of p.view.tasks) {
      const waits = kinds[t.stage.kind as keyof typeof kinds];
      if (!waits) continue;
      const several = t.contenders.length > 1;
      const kind = several && waits === "ready_to_review" ? "ready_to_compare" : waits;
      const asking = t.contenders.find((c) => c.stage.kind === t.stage.kind);
      items.push({
        id: `${p.view.id}-${t.id}-${t.attempt ?? 1}-${kind}`,
        project: p.view.project,
        project_name: state.projects.find((x) => x.id === p.view.project)?.name ?? "",
        plan: p.view.id,
        plan_title: p.view.title,
        task: t.id,
        task_title: t.title,
        attempt: several ? (kind === "needs_you" ? (asking?.attempt ?? null) : null) : t.attempt,
        kind,
        what:
          several && kind === "ready_to_compare"
            ? words(t.contenders.length)
            : (t.stage.reason?.text ?? "The checks are green at the head; the diff waits for you."),
        since_ms: t.since_ms ?? Date.now(),
        actions: actionsOf(p, t),
        blocks: p.view.tasks.filter((x) => x.after.includes(t.id)).length,
      });
    }
  }
  return items.sort((a, b) => b.blocks - a.blocks || a.since_ms - b.since_ms);
}
