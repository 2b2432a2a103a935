/*
 * What a person can do about a task: its verb, and the request that does it. Which of them is possible now, and what
 * it would do, the engine says (`TaskDetail.actions`).
 */
import type { Request } from "./bindings/Request";
import type { TaskAction } from "./bindings/TaskAction";

export type ActionWords = {
  verb: string;
  /** Ends or removes something: asks once, and says what is kept. */
  destructive: boolean;
};

export const actionWords: Record<TaskAction, ActionWords> = {
  approve: { verb: "Approve", destructive: false },
  unapprove: { verb: "Take approval back", destructive: false },
  compare: { verb: "Compare", destructive: false },
  retry: { verb: "Retry", destructive: false },
  recheck: { verb: "Recheck", destructive: false },
  fix_again: { verb: "Send to the fixer again", destructive: false },
  allow: { verb: "Allow", destructive: false },
  deny: { verb: "Deny", destructive: false },
  retry_landing: { verb: "Try landing again", destructive: false },
  commit_leftovers: { verb: "Commit what is inside the scope", destructive: false },
  put_away_leftovers: { verb: "Put leftovers away", destructive: false },
  end_run: { verb: "End run", destructive: true },
  open_shell: { verb: "Open shell", destructive: false },
  cancel: { verb: "Cancel task", destructive: true },
  discard: { verb: "Discard", destructive: true },
};

export type About = {
  plan: string;
  task: string;
  attempt: number;
  /** The attempt alone that is meant, where several stand side by side; absent: the task. */
  alone?: number | undefined;
  /** The head that the person looked at; approval is for exactly that. */
  head: string | null;
  /** The living run, for ending it. */
  run: string | null;
};

/** The request of an action; null when there is no run to end, or nothing to ask. */
export function requestOf(
  action: TaskAction,
  { plan, task, attempt, alone, head, run }: About,
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
