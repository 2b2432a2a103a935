import { useDesk } from "../lib/desk";
import { navigate } from "../lib/route";
import { requestFor, type Subject } from "../lib/taskAction";
import { ask } from "./ask";
import type { RunView } from "./bindings/RunView";
import type { TaskAction } from "./bindings/TaskAction";

/** Carries out an action on a task; a refusal is shown. A shell that was opened is shown in the dock. */
export async function act(action: TaskAction, subject: Subject): Promise<void> {
  if (action === "compare")
    return navigate({ at: "compare", plan: subject.plan, task: subject.task, pair: null });
  const asked = requestFor(action, subject);
  if (!asked) return;
  const answer = await ask(asked);
  if (asked.type === "open_shell" && answer) useDesk.getState().showRun((answer as RunView).id);
}
