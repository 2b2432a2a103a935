/* What the fake knows of attempts side by side: their files, who was given up and why, what judges said. */

import { usedBy } from "../../../lib/usage";
import type { AttemptView } from "../../bindings/AttemptView";
import type { ChangedFile } from "../../bindings/ChangedFile";
import type { ChangedFiles } from "../../bindings/ChangedFiles";
import type { CompareView } from "../../bindings/CompareView";
import type { Contender } from "../../bindings/Contender";
import type { JudgementView } from "../../bindings/JudgementView";
import type { SideView } from "../../bindings/SideView";
import type { TaskView } from "../../bindings/TaskView";
import type { FakePlan } from "../plan";
import { refuse } from "../refuse";
import { requirementsOf } from "../reviews";
import { commitId, printOf } from "../shapes";
import { countChanges, type Tree } from "./texts";

export interface Contest {
  base: Tree;
  /** By attempt: what its head holds. */
  sides: Map<number, Tree>;
  /** By attempt: why it is over. */
  givenUp: Map<number, string>;
  /** Attempts whose worktrees hold something uncommitted. */
  dirty: Map<number, string>;
  judgements: JudgementView[];
  /** The pair that a judge reads now. */
  judging: { a: number; b: number; by: string } | null;
}

export function contestOf(p: FakePlan, task: string): Contest | undefined {
  return p.contests.get(task);
}

export function attemptIn(p: FakePlan, task: string, number: number): AttemptView {
  return (
    p.attempts.get(task)?.find((a) => a.number === number) ??
    refuse("not_found", `${task} has no attempt ${number}.`)
  );
}

/** Who tries it now; empty as soon as one is left. */
export function contendersOf(p: FakePlan, t: TaskView): Contender[] {
  const contest = p.contests.get(t.id);
  if (!contest) return [];
  const all = p.attempts.get(t.id) ?? [];
  if (all.some((a) => a.adopted)) return [];
  const trying = all
    .filter((a) => !contest.givenUp.has(a.number))
    .map(({ number, agent, stage }) => ({ attempt: number, agent, stage }))
    .reverse();
  return trying.length > 1 ? trying : [];
}

function changedFile(path: string, from: Tree, to: Tree): ChangedFile {
  const [was, is] = [from.get(path), to.get(path)];
  return {
    path,
    old_path: null,
    status: was === undefined ? "added" : is === undefined ? "deleted" : "modified",
    old_mode: was === undefined ? null : "100644",
    new_mode: is === undefined ? null : "100644",
    ...countChanges(path, from, to),
    binary: false,
    in_scope: true,
    print: printOf(`${path} ${is}`),
  };
}

const differing = (from: Tree, to: Tree) =>
  [...new Set([...from.keys(), ...to.keys()])].filter((path) => from.get(path) !== to.get(path)).sort();

export function sideOf(contest: Contest, number: number): Tree {
  return contest.sides.get(number) ?? contest.base;
}

/** The whole branch of one of the attempts. */
export function branchOf(contest: Contest, attempt: AttemptView): ChangedFiles {
  const side = sideOf(contest, attempt.number);
  const files = differing(contest.base, side).map((path) => changedFile(path, contest.base, side));
  const sum = (part: "added" | "deleted") => files.reduce((n, f) => n + (f[part] ?? 0), 0);
  return {
    base: attempt.base,
    head: attempt.head ?? attempt.base,
    files,
    added: sum("added"),
    deleted: sum("deleted"),
  };
}

/** Counts of an attempt as its files say them. */
export function recount(contest: Contest, attempt: AttemptView): void {
  const { files, added, deleted } = branchOf(contest, attempt);
  Object.assign(attempt, { files: files.length, added, deleted });
}

function sideView(p: FakePlan, contest: Contest, task: string, a: AttemptView): SideView {
  const { last, requirements, findings, rounds } = a.review;
  const used = usedBy(a.runs);
  const reviewed = last !== null && last.void === null && last.failed === null;
  return {
    attempt: a.number,
    agent: a.agent,
    head: a.head,
    stage: a.stage,
    adopted: a.adopted,
    given_up: contest.givenUp.get(a.number) ?? null,
    keep_refs: a.keep_refs,
    checks_green: a.evidence.filter((e) => e.passed && e.void === null && !e.merged).length,
    checks: p.view.checks.length,
    met: reviewed ? requirements.filter((r) => r.status === "met" || r.waived !== null).length : null,
    requirements: requirementsOf(p.view.tasks.find((t) => t.id === task)?.spec ?? "").length,
    findings: findings.filter((f) => f.state === "open").length,
    rounds,
    files: a.files,
    added: a.added,
    deleted: a.deleted,
    took_ms: (a.ended_ms ?? Date.now()) - a.started_ms,
    usage: {
      model: used?.models[0] ?? null,
      input: used?.input ?? 0,
      output: used?.output ?? 0,
      cached: used?.cached ?? 0,
      cost: used?.cost ?? null,
    },
  };
}

export function compareView(p: FakePlan, task: string, a: number, b: number): CompareView {
  const contest =
    contestOf(p, task) ??
    refuse("refused", `${task} was not tried side by side.`, "Try another agent beside it.");
  const [one, other] = [attemptIn(p, task, a), attemptIn(p, task, b)];
  const [treeA, treeB] = [sideOf(contest, a), sideOf(contest, b)];
  const paths = [...new Set([...differing(contest.base, treeA), ...differing(contest.base, treeB)])].sort();
  const changed = (tree: Tree, path: string) =>
    contest.base.get(path) === tree.get(path) ? null : changedFile(path, contest.base, tree);
  return {
    plan: p.view.id,
    task,
    base: one.base,
    a: sideView(p, contest, task, one),
    b: sideView(p, contest, task, other),
    files: paths.map((path) => ({
      path,
      a: changed(treeA, path),
      b: changed(treeB, path),
      same: treeA.get(path) === treeB.get(path),
    })),
  };
}

/** Another head of an attempt: what was proved and said of the one before no longer counts. */
export function moveHead(contest: Contest, a: AttemptView, subject: string): string {
  const head = commitId(`${a.branch} ${a.commits.length} ${subject}`);
  a.commits = [{ id: head, subject, author: "you", at_ms: Date.now() }, ...a.commits];
  a.head = head;
  for (const e of a.evidence) e.void = "The head moved since.";
  if (a.review.last) a.review.last.void = "The head moved since.";
  for (const j of contest.judgements)
    if (j.a === a.number || j.b === a.number) j.void = `The head of attempt ${a.number} moved since.`;
  recount(contest, a);
  return head;
}
