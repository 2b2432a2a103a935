/* What can be done with a task, as words and as a request. */
import type { Request } from "../ipc/bindings/Request";
import type { StageKind } from "../ipc/bindings/StageKind";
import type { TaskAction } from "../ipc/bindings/TaskAction";

export const actionLook: Record<TaskAction, { label: string; look: "primary" | "normal" | "danger" }> = {
  approve: { label: "Approve", look: "primary" },
  unapprove: { label: "Take approval back", look: "normal" },
  compare: { label: "Compare", look: "primary" },
  retry: { label: "Retry", look: "normal" },
  recheck: { label: "Check again", look: "normal" },
  fix_again: { label: "Send to the fixer again", look: "normal" },
  allow: { label: "Allow", look: "primary" },
  deny: { label: "Deny", look: "normal" },
  retry_landing: { label: "Try landing again", look: "normal" },
  commit_leftovers: { label: "Commit leftovers", look: "primary" },
  put_away_leftovers: { label: "Put leftovers away", look: "normal" },
  end_run: { label: "End run", look: "normal" },
  open_shell: { label: "Open shell", look: "normal" },
  cancel: { label: "Cancel task", look: "danger" },
  discard: { label: "Discard", look: "danger" },
};

/** The button's word: a draft is released, anything else is tried again. */
export function actionLabel(action: TaskAction, stage?: StageKind): string {
  return action === "retry" && stage === "draft" ? "Release" : actionLook[action].label;
}

/** Whether it is asked about once before it is done. */
export function isDestructive(action: TaskAction): boolean {
  return action === "cancel" || action === "discard";
}

export interface Subject {
  plan: string;
  task: string;
  attempt: number;
  /** The attempt alone that is meant, where several stand side by side; absent: the task. */
  alone?: number | undefined;
  /** The head that the person looked at; null leaves the choice to the engine. */
  head: string | null;
  /** The living run, for ending it. */
  run: string | null;
}

/** The request that carries an action out; null when there is nothing to carry it out on. */
export function requestFor(
  action: TaskAction,
  { plan, task, attempt, alone, head, run }: Subject,
): Request | null {
  switch (action) {
    case "approve":
      return { type: "approve", plan, task, attempt: alone, head };
    case "unapprove":
    case "retry_landing":
    case "cancel":
      return { type: action, plan, task };
    case "retry":
    case "recheck":
    case "discard":
      return { type: action, plan, task, attempt: alone };
    case "compare":
      // A place to go, nothing to ask the engine.
      return null;
    case "fix_again":
      return { type: "request_changes", plan, task, attempt: alone, comments: [] };
    case "allow":
      return { type: "answer", plan, task, attempt: alone, answer: { answer: "allow" } };
    case "deny":
      return { type: "answer", plan, task, attempt: alone, answer: { answer: "deny", message: "" } };
    case "commit_leftovers":
      return { type: "leftovers", plan, task, attempt: alone, commit: true };
    case "put_away_leftovers":
      return { type: "leftovers", plan, task, attempt: alone, commit: false };
    case "end_run":
      return run === null ? null : { type: "end_run", run };
    case "open_shell":
      return { type: "open_shell", plan, task, attempt };
  }
}
