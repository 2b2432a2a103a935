/* Actions on a task, as the fake carries them out. */
import type { Request } from "../bindings/Request";
import type { TaskView } from "../bindings/TaskView";
import { contendersOf } from "./compare/contest";
import type { Fake } from "./engine";
import { derive, type FakePlan, stage } from "./plan";
import { refuse } from "./refuse";
import { comment, waive } from "./reviews";
import { commitId } from "./shapes";

export type Act = Extract<
  Request,
  {
    type:
      | "retry"
      | "cancel"
      | "discard"
      | "approve"
      | "unapprove"
      | "leftovers"
      | "recheck"
      | "waive"
      | "request_changes"
      | "retry_landing";
  }
>;

export function act(fake: Fake, p: FakePlan, request: Act): void {
  const t =
    p.view.tasks.find((x) => x.id === request.task) ?? refuse("not_found", "The task does not exist.");
  const meant = "attempt" in request && request.attempt !== undefined ? request.attempt : (t.attempt ?? 1);
  const attempt = p.attempts.get(t.id)?.find((a) => a.number === meant);
  const about = { task: t.id, attempt: meant };
  const several = t.contenders.length > 1;
  const to = (next: TaskView["stage"], body: Record<string, unknown>) => {
    if (several && attempt) attempt.stage = next;
    else t.stage = next;
    t.contenders = contendersOf(p, t);
    t.since_ms = Date.now();
    derive(p);
    fake.say(p.view.id, body);
  };
  switch (request.type) {
    case "retry":
      t.attempt = (t.attempt ?? 0) + 1;
      t.ended_ms = null;
      return to(stage("waiting", "Waiting"), { type: "task.retried", task: t.id });
    case "cancel":
      return to(stage("cancelled", "Cancelled"), { type: "task.cancelled", task: t.id });
    case "discard":
      if (several && attempt) p.contests.get(t.id)?.givenUp.set(attempt.number, "you discarded it");
      return to(stage("discarded", "Discarded"), { type: "task.discarded", task: t.id });
    case "approve": {
      const head = attempt?.head ?? commitId(`head ${t.id}`);
      if (attempt) attempt.approval = { head, by: "you", at_ms: Date.now(), void: null };
      return to(stage("queued", "Queued to land"), { type: "approved", ...about, head, by: "you" });
    }
    case "unapprove":
      return to(stage("awaiting_approval", "Ready to review"), {
        type: "approval.void",
        task: t.id,
        why: "taken back",
      });
    case "leftovers":
      return to(stage("checking", "Checking 1 of 2"), {
        type: request.commit ? "leftovers.committed" : "leftovers.kept",
        ...about,
        paths: t.stage.reason?.paths ?? [],
        head: commitId("kept"),
        keep_ref: "refs/coppice/keep/1",
      });
    case "recheck":
      return to(stage("checking", "Checking 1 of 2"), {
        type: "task.stage",
        ...about,
        stage: "checking",
        word: "",
      });
    case "waive": {
      const review = attempt?.review;
      if (!request.reason.trim()) refuse("refused", "A waiver needs a reason.", "Say why it is not needed.");
      if (!review || !waive(review, request.id, request.reason.trim()))
        return refuse("refused", `Nothing open is called ${request.id}.`);
      derive(p);
      const { id, reason } = request;
      return fake.say(p.view.id, { type: "waived", ...about, id, reason });
    }
    case "request_changes": {
      const a = attempt;
      if (!a || !["awaiting_approval", "queued", "needs_you"].includes((several ? a : t).stage.kind))
        return refuse("refused", `${t.title} can't be changed now.`, "Wait until it rests.");
      comment(a.review, request.comments);
      if (a.approval) a.approval.void = "Changes were requested.";
      a.review.rounds += 1;
      fake.say(p.view.id, { type: "changes.requested", ...about, comments: request.comments.length });
      const word = `Fixing, round ${a.review.rounds}`;
      return to(stage("fixing", word), { type: "fix.started", ...about, round: a.review.rounds });
    }
    case "retry_landing":
      return to(stage("queued", "Queued to land"), {
        type: "task.stage",
        ...about,
        stage: "queued",
        word: "",
      });
  }
}

/** An agent that waits goes on; one that works takes the words when it next can. */
export function answerAgent(
  fake: Fake,
  p: FakePlan,
  request: Extract<Request, { type: "answer" | "message" }>,
): void {
  const t =
    p.view.tasks.find((x) => x.id === request.task) ?? refuse("not_found", "The task does not exist.");
  const several = t.contenders.length > 1;
  const a = p.attempts.get(t.id)?.find((x) => x.number === (request.attempt ?? t.attempt ?? 1));
  const lives = a?.runs.some((r) => r.live && r.kind === "implement");
  if (!lives) refuse("refused", `No agent of ${t.id} is at work.`);
  const { kind, reason } = several && a ? a.stage : t.stage;
  const asked = kind === "needs_you" ? reason?.code : undefined;
  if (request.type === "answer") {
    const fits = request.answer.answer === "text" ? "question" : "permission";
    if (asked !== fits)
      refuse("refused", `${t.title} asks nothing now.`, "See what it does now in its terminal.");
  } else if (!request.text.trim()) refuse("refused", "The message is empty.");
  else if (asked !== "stopped") return;
  if (several && a) a.stage = stage("implementing", "Working");
  t.stage = stage("implementing", "Working");
  t.contenders = contendersOf(p, t);
  t.since_ms = Date.now();
  derive(p);
  fake.say(p.view.id, { type: "needs_you.settled", task: t.id });
}
