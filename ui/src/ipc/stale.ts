/*
 * Which cached answers an event makes old. Events say what happened, never what the page should do; this table is
 * the one place that turns one into the other, and a new event does not compile until it is answered here.
 */
import type { Event } from "./bindings/Event";
import { type Key, keys } from "./keys";

export type EventOf<K extends Event["type"]> = Extract<Event, { type: K }>;

const plan = (e: Event): Key[] => (e.plan ? [keys.plan(e.plan), keys.projects] : [["plan"], keys.projects]);
const text = (e: Event): Key[] => (e.plan ? [keys.planText(e.plan)] : [["plan_text"]]);
const task = (e: Event & { task: string }): Key[] => (e.plan ? [keys.task(e.plan, e.task)] : [["task"]]);
const tasks = (e: Event): Key[] => (e.plan ? [keys.tasks(e.plan)] : [["task"]]);
const runs = (e: Event): Key[] => (e.plan ? [keys.runs(e.plan)] : [["runs"]]);
const landing = (e: Event): Key[] => (e.plan ? [keys.landing(e.plan)] : [["landing"]]);
const changes = (e: Event & { task: string }): Key[] =>
  e.plan ? [keys.changes(e.plan, e.task)] : [["changes"]];
const allChanges = (e: Event): Key[] => (e.plan ? [["changes", e.plan]] : [["changes"]]);
const trash = (e: Event): Key[] =>
  e.project ? [keys.trash(e.project), keys.projects] : [["trash"], keys.projects];

export const staleQueries: { [K in Event["type"]]: (event: EventOf<K>) => Key[] } = {
  "project.opened": () => [keys.projects],
  "project.closed": () => [keys.projects, keys.inbox],
  "plan.created": () => [keys.projects],
  // What is in scope is said with the changed files.
  "plan.edited": (e) => [...plan(e), ...text(e), ...tasks(e), ["scope_files"], ...allChanges(e)],
  "plan.deleted": (e) => [...plan(e), keys.inbox, ...trash(e)],
  "plan.started": (e) => [...plan(e), ...tasks(e), keys.inbox],
  "plan.paused": (e) => [...plan(e), ...tasks(e)],
  "plan.stopped": (e) => [...plan(e), ...tasks(e), ...runs(e)],
  "plan.finished": (e) => [...plan(e), ...tasks(e), keys.inbox],
  "task.stage": (e) => [...plan(e), ...task(e), ...landing(e), keys.inbox],
  "attempt.started": (e) => [...plan(e), ...task(e)],
  "attempt.ended": (e) => [...plan(e), ...task(e), keys.inbox],
  "process.started": (e) => [...task(e), ...runs(e)],
  "process.exited": (e) => [...task(e), ...runs(e), keys.runLog(e.run)],
  "check.finished": (e) => [...plan(e), ...task(e), ...landing(e)],
  "leftovers.kept": (e) => [...task(e), ...changes(e), keys.inbox],
  "leftovers.committed": (e) => [...plan(e), ...task(e), ...changes(e), keys.inbox],
  "head.moved": (e) => [...plan(e), ...task(e), ...changes(e)],
  "review.finished": (e) => [...plan(e), ...task(e), ...changes(e), keys.inbox],
  "fix.started": (e) => [...plan(e), ...task(e), ...changes(e), keys.inbox],
  "changes.requested": (e) => [...plan(e), ...task(e), ...landing(e), keys.inbox],
  waived: (e) => [...plan(e), ...task(e), keys.inbox],
  "permission.asked": (e) => [...plan(e), ...task(e), keys.inbox],
  "attempt.joined": (e) => [...plan(e), ...task(e)],
  adopted: (e) => [...plan(e), ...task(e), ...runs(e), keys.inbox],
  taken: (e) => [...plan(e), ...task(e), ...changes(e), keys.inbox],
  judged: (e) => [...task(e), ...runs(e)],
  usage: (e) => [...plan(e), ...task(e), ...runs(e)],
  needs_you: (e) => [...plan(e), ...task(e), keys.inbox],
  "needs_you.settled": (e) => [...plan(e), ...task(e), keys.inbox],
  approved: (e) => [...plan(e), ...task(e), ...landing(e), keys.inbox],
  "approval.void": (e) => [...plan(e), ...task(e), ...landing(e), keys.inbox],
  "landing.started": (e) => [...plan(e), ...task(e), ...landing(e)],
  "landing.held": (e) => [...plan(e), ...task(e), ...landing(e), keys.inbox],
  // What lands moves the target, and with it what every other task says about starting and landing.
  landed: (e) => [...plan(e), ...tasks(e), ...landing(e), keys.inbox],
  "task.failed": (e) => [...plan(e), ...tasks(e), keys.inbox],
  "task.retried": (e) => [...plan(e), ...tasks(e), keys.inbox],
  "task.cancelled": (e) => [...plan(e), ...tasks(e), ...landing(e), keys.inbox],
  "task.discarded": (e) => [...plan(e), ...tasks(e), ...landing(e), keys.inbox],
  "worktree.removed": (e) => [...task(e), ...trash(e)],
  "worktree.restored": (e) => [...tasks(e), ...trash(e)],
  // Shown as it comes (live.ts); nothing cached tells it.
  warning: () => [],
};

/** What one event makes old. */
export function staleAfter(event: Event): Key[] {
  // The table is keyed by the event's own type, which TypeScript can't follow through an index.
  const answer = staleQueries[event.type] as (event: Event) => Key[];
  return answer(event);
}

/** Keys without those that a shorter one in the list covers. */
export function withoutCovered(list: readonly Key[]): Key[] {
  const kept: Key[] = [];
  for (const key of [...list].sort((a, b) => a.length - b.length)) {
    if (!kept.some((k) => k.every((part, i) => part === key[i]))) kept.push(key);
  }
  return kept;
}
