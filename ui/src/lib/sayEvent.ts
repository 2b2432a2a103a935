/* Events as sentences. One exhaustive place, so that a new event does not compile until it can be said. */
import type { Event } from "../ipc/bindings/Event";
import { count, duration, shortId } from "./format";
import type { Hue, Shape } from "./stage";

export interface Said {
  text: string;
  shape: Shape;
  hue: Hue;
}

const plain = (text: string): Said => ({ text, shape: "circle", hue: "quiet" });
const work = (text: string): Said => ({ text, shape: "ring2", hue: "work" });
const good = (text: string): Said => ({ text, shape: "check", hue: "land" });
const bad = (text: string): Said => ({ text, shape: "cross", hue: "fail" });
const need = (text: string): Said => ({ text, shape: "diamond", hue: "need" });

/** A finding's id begins with a letter, a requirement's is its number. */
const waivedName = (id: string) => (/^\d/.test(id) ? `requirement ${id}` : `finding ${id}`);

export function sayEvent(e: Event, titles: ReadonlyMap<string, string>): Said {
  const name = (task: string) => titles.get(task) ?? task;
  switch (e.type) {
    case "project.opened":
      return plain(`Opened ${e.root}`);
    case "project.closed":
      return plain("Closed the project");
    case "plan.created":
      return plain(`Created the plan “${e.title}”`);
    case "plan.edited":
      return plain(`Edited the plan: ${e.what.replaceAll("_", " ")}`);
    case "plan.deleted":
      return plain("Removed the plan");
    case "plan.started":
      return work(e.again ? "Started the plan again" : "Started the plan");
    case "plan.paused":
      return plain("Paused: what runs goes on");
    case "plan.stopped":
      return plain("Stopped the plan and its agents");
    case "plan.finished":
      return e.failed + e.waiting > 0
        ? need(
            `Nothing moves by itself: ${e.landed} of ${e.total} landed, ${e.failed} failed, ${e.waiting} wait for you`,
          )
        : good(`Finished: ${e.landed} of ${e.total} landed`);
    case "task.stage":
      return work(`${name(e.task)}: ${e.word || e.stage.replaceAll("_", " ")}`);
    case "attempt.started":
      return work(`${name(e.task)}: attempt ${e.attempt} cut at ${shortId(e.base)}`);
    case "attempt.ended":
      return plain(
        `${name(e.task)}: attempt ${e.attempt} ended, ${e.reason}${e.will_retry ? "; tried once more" : ""}`,
      );
    case "process.started":
      return work(`${name(e.task)}: ${e.kind} started, process ${e.pid}`);
    case "process.exited":
      return e.outcome === "exited" && e.code === 0
        ? plain(`${name(e.task)}: ${e.kind} ended with exit code 0`)
        : bad(
            `${name(e.task)}: ${e.kind} ${e.outcome === "exited" ? `ended with exit code ${e.code}` : e.outcome.replaceAll("_", " ")}`,
          );
    case "check.finished": {
      const where = e.merged ? `on the merged tree, onto ${shortId(e.base)}` : `at ${shortId(e.head)}`;
      return e.code === 0
        ? good(
            `${name(e.task)}: ${e.name} passed ${where}${e.reused ? ", same tree as before" : ""} · ${duration(e.duration_ms)}`,
          )
        : bad(`${name(e.task)}: ${e.name} failed ${where} · ${duration(e.duration_ms)}`);
    }
    case "leftovers.kept":
      return plain(`${name(e.task)}: ${e.paths.length} uncommitted files put away under ${e.keep_ref}`);
    case "leftovers.committed":
      return plain(`${name(e.task)}: ${e.paths.length} leftover files committed in ${shortId(e.head)}`);
    case "head.moved":
      return work(`${name(e.task)}: new head ${shortId(e.head)}`);
    case "review.finished": {
      const at = `at ${shortId(e.head)}`;
      if (e.verdict === "failed") return bad(`${name(e.task)}: the review failed ${at}`);
      if (e.verdict === "pass") {
        const left = e.findings > 0 ? `, ${count(e.findings, "minor finding")} left` : "";
        return good(`${name(e.task)}: the review passed ${at}${left}`);
      }
      const gaps = `${count(e.unmet, "requirement")} unmet, ${count(e.findings, "finding")} open`;
      return bad(`${name(e.task)}: reviewed ${at}, ${gaps}`);
    }
    case "fix.started":
      return work(`${name(e.task)}: fix round ${e.round} started`);
    case "changes.requested":
      return e.comments > 0
        ? plain(`${name(e.task)}: changes requested with ${count(e.comments, "comment")}`)
        : plain(`${name(e.task)}: sent to the fixer again`);
    case "waived":
      return plain(`${name(e.task)}: ${waivedName(e.id)} waived, ${e.reason}`);
    case "permission.asked":
      return need(`${name(e.task)} asks for permission: ${e.what}`);
    case "attempt.joined":
      return plain(`${name(e.task)}: ${e.agent} is to try it too`);
    case "adopted":
      return good(`${name(e.task)}: attempt ${e.attempt} adopted; the others ended, and their work is kept`);
    case "taken":
      return work(
        `${name(e.task)}: ${count(e.paths.length, "file")} taken from attempt ${e.from} into attempt ${e.attempt}, now at ${shortId(e.head)}`,
      );
    case "judged":
      return plain(
        `${name(e.task)}: ${e.by} judged attempts ${e.a} and ${e.b}, ${e.better === null ? "and prefers neither" : `and prefers attempt ${e.better}`}`,
      );
    case "usage": {
      const tokens = (e.input + e.output + e.cached).toLocaleString("en");
      const cost = e.cost === null ? "" : ` · $${e.cost.toFixed(2)}`;
      return plain(`${name(e.task)}: ${tokens} tokens${e.model ? ` of ${e.model}` : ""}${cost}`);
    }
    case "needs_you":
      return need(`${name(e.task)} needs you: ${e.reason}`);
    case "needs_you.settled":
      return plain(`${name(e.task)}: settled`);
    case "approved":
      return good(`${name(e.task)}: ${shortId(e.head)} approved by ${e.by}`);
    case "approval.void":
      return need(`${name(e.task)}: the approval no longer counts, ${e.why}`);
    case "landing.started":
      return work(`${name(e.task)}: landing onto ${shortId(e.onto)}, candidate ${shortId(e.candidate)}`);
    case "landing.held":
      return need(`${name(e.task)}: held, ${e.reason}`);
    case "landed":
      return good(`${name(e.task)} landed as ${shortId(e.commit)}`);
    case "task.failed":
      return bad(`${name(e.task)} failed: ${e.reason}`);
    case "task.retried":
      return plain(`${name(e.task)}: retried`);
    case "task.cancelled":
      return plain(`${name(e.task)}: cancelled`);
    case "task.discarded":
      return plain(`${name(e.task)}: discarded`);
    case "worktree.removed":
      return plain(`${name(e.task)}: worktree of attempt ${e.attempt} moved to the trash`);
    case "worktree.restored":
      return plain(`Restored ${e.worktree}`);
    case "warning":
      return need(e.task ? `${name(e.task)}: ${e.message}` : e.message);
  }
}
