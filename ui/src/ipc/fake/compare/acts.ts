/* Trying beside, adopting, taking and judging, as the fake carries them out. */
import type { Request } from "../../bindings/Request";
import type { TaskView } from "../../bindings/TaskView";
import type { Fake } from "../engine";
import { derive, type FakePlan, stage } from "../plan";
import { refuse } from "../refuse";
import { attempt as newAttempt } from "../shapes";
import { attemptIn, type Contest, contendersOf, contestOf, moveHead, sideOf } from "./contest";
import { withHunks } from "./texts";

export type ContestAct = Extract<Request, { type: "try_beside" | "adopt" | "take" | "judge" }>;

export function contend(fake: Fake, p: FakePlan, request: ContestAct): void {
  const t =
    p.view.tasks.find((x) => x.id === request.task) ?? refuse("not_found", "The task does not exist.");
  switch (request.type) {
    case "try_beside":
      return tryBeside(fake, p, t, request.agent);
    case "adopt":
      return adopt(fake, p, t, request.attempt, request.reason);
    case "take":
      return take(fake, p, t, request);
    case "judge": {
      const contest = known(p, t);
      if (contest.judging) refuse("refused", "A judge reads already.", "Wait for what it says.");
      for (const n of [request.a, request.b])
        if (!attemptIn(p, t.id, n).head) refuse("refused", `Attempt ${n} has committed nothing yet.`);
      contest.judging = {
        a: request.a,
        b: request.b,
        by: request.agent ?? p.view.review?.agents[0] ?? "codex",
      };
      return fake.say(p.view.id, {
        type: "task.stage",
        task: t.id,
        attempt: t.attempt,
        stage: t.stage.kind,
        word: t.stage.word,
      });
    }
  }
}

function known(p: FakePlan, t: TaskView): Contest {
  return contestOf(p, t.id) ?? refuse("refused", `${t.title} has one attempt only.`);
}

function tryBeside(fake: Fake, p: FakePlan, t: TaskView, chosen: string | null): void {
  const all = p.attempts.get(t.id) ?? [];
  const [newest] = all;
  if (!newest)
    return refuse("refused", `${t.title} was not started yet.`, "Choose its agents before the run.");
  const contest: Contest = contestOf(p, t.id) ?? {
    base: new Map(),
    sides: new Map(),
    givenUp: new Map(),
    dirty: new Map(),
    judgements: [],
    judging: null,
  };
  p.contests.set(t.id, contest);
  const number = Math.max(...all.map((a) => a.number)) + 1;
  const made = newAttempt(p.view.id, t, {
    number,
    agent: chosen ?? t.agent ?? "claude",
    base: newest.base,
    stage: stage("preparing", "Preparing"),
    started_ms: Date.now(),
    ended_ms: null,
    added: 0,
    deleted: 0,
  });
  p.attempts.set(t.id, [made, ...all]);
  t.contenders = contendersOf(p, t);
  derive(p);
  const { base, branch, worktree } = made;
  fake.say(p.view.id, { type: "attempt.started", task: t.id, attempt: number, base, branch, worktree });
}

function adopt(fake: Fake, p: FakePlan, t: TaskView, number: number, reason?: string): void {
  const contest = known(p, t);
  const chosen = attemptIn(p, t.id, number);
  if (contest.givenUp.has(number)) refuse("refused", `Attempt ${number} was given up.`);
  if (!chosen.head) refuse("refused", `Attempt ${number} has committed nothing yet.`);
  const why = `Attempt ${number} (${chosen.agent}) was adopted instead${reason ? `: ${reason}` : "."}`;
  for (const a of p.attempts.get(t.id) ?? []) {
    if (a === chosen || contest.givenUp.has(a.number)) continue;
    contest.givenUp.set(a.number, why);
    a.stage = stage("failed", "Given up", { reason: { code: "given_up", text: why, paths: [] } });
    a.ended_ms = Date.now();
    a.worktree = null;
    a.keep_refs = [`refs/coppice/keep/${p.view.id}/${t.id}/${a.number}`];
    a.actions = [];
    for (const r of a.runs)
      if (r.live) Object.assign(r, { live: false, ended_ms: Date.now(), outcome: "ended", code: null });
  }
  Object.assign(chosen, { adopted: true, actions: [] });
  t.attempt = number;
  t.agent = chosen.agent;
  t.stage = chosen.stage = chosen.evidence.some((e) => e.void === null && e.passed)
    ? stage("awaiting_approval", "Ready to review")
    : chosen.stage;
  Object.assign(t, { added: chosen.added, deleted: chosen.deleted, since_ms: Date.now() });
  t.contenders = contendersOf(p, t);
  derive(p);
  fake.say(p.view.id, { type: "adopted", task: t.id, attempt: number });
}

function take(fake: Fake, p: FakePlan, t: TaskView, request: Extract<Request, { type: "take" }>): void {
  const contest = known(p, t);
  const [into, from] = [attemptIn(p, t.id, request.attempt), attemptIn(p, t.id, request.from)];
  for (const [a, seen] of [
    [into, request.head],
    [from, request.from_head],
  ] as const)
    if (a.head !== seen)
      refuse(
        "moved",
        `The head of attempt ${a.number} moved to ${a.head?.slice(0, 7)}.`,
        "Look at the two again.",
      );
  if (into.stage.kind !== "awaiting_approval" && into.stage.kind !== "needs_you")
    refuse(
      "refused",
      `Attempt ${into.number} can't take anything now: ${into.stage.word}.`,
      "Wait until it rests.",
    );
  const dirty = contest.dirty.get(into.number);
  if (dirty)
    refuse(
      "refused",
      `Attempt ${into.number} holds uncommitted changes: ${dirty}.`,
      "Commit them or put them away first.",
    );
  const tree = new Map(sideOf(contest, into.number));
  const other = sideOf(contest, from.number);
  for (const { path, hunks } of request.parts) {
    const text = hunks.length > 0 ? withHunks(path, tree, other, hunks) : other.get(path);
    if (text === undefined) tree.delete(path);
    else tree.set(path, text);
  }
  contest.sides.set(into.number, tree);
  const paths = request.parts.map((part) => part.path);
  const head = moveHead(contest, into, `Take ${paths.length} files from attempt ${from.number}`);
  into.stage = stage("checking", `Checking 1 of ${p.view.checks.length}`);
  if (into.adopted) t.stage = into.stage;
  t.contenders = contendersOf(p, t);
  derive(p);
  const about = { task: t.id, attempt: into.number, head };
  fake.say(p.view.id, { type: "taken", ...about, from: from.number, paths });
  fake.say(p.view.id, { type: "head.moved", ...about });
}

/** What the judge says, once it has read. */
export function finishJudging(fake: Fake, p: FakePlan, task: string): void {
  const contest = contestOf(p, task);
  const judging = contest?.judging;
  if (!contest || !judging) return;
  const { a, b, by } = judging;
  contest.judging = null;
  contest.judgements.push({
    ...judging,
    head_a: attemptIn(p, task, a).head ?? "",
    head_b: attemptIn(p, task, b).head ?? "",
    better: b,
    why: [
      "The second keeps the clock out of the backoff, so that its tests need no sleep.",
      "The first computes the ceiling in one expression that is easy to get wrong.",
    ],
    failed: null,
    void: null,
    at_ms: Date.now(),
  });
  fake.say(p.view.id, { type: "judged", task, a, b, better: b, by });
}
