/*
 * Asking the engine. Each request's type decides the reply's: the table below is the engine's own documentation
 * (request.rs) as a type, and a request that isn't in it does not compile.
 */
import type { Error as WireError } from "./bindings/Error";
import type { Reply } from "./bindings/Reply";
import type { Request } from "./bindings/Request";
import { transport } from "./transport";

export const replyOf = {
  subscribe: "done",
  events: "events",
  projects: "projects",
  inspect_project: "inspection",
  open_project: "project",
  close_project: "done",
  first_commit: "project",
  create_demo: "plan_ref",
  plans: "plans",
  create_plan: "plan_ref",
  open_plan_file: "plan_ref",
  import_plan: "plan_ref",
  plan: "plan",
  plan_text: "text",
  set_plan_text: "edited",
  edit_plan: "edited",
  undo: "edited",
  redo: "edited",
  delete_plan: "done",
  start_plan: "started",
  pause_plan: "done",
  stop_plan: "done",
  retry: "done",
  cancel: "done",
  discard: "done",
  approve: "done",
  unapprove: "done",
  leftovers: "done",
  recheck: "done",
  waive: "done",
  request_changes: "done",
  try_beside: "done",
  adopt: "done",
  take: "done",
  judge: "done",
  answer: "done",
  message: "done",
  hook: "text",
  retry_landing: "done",
  fetch: "done",
  push: "done",
  end_run: "done",
  open_shell: "run",
  task: "task",
  runs: "runs",
  changed_files: "changed_files",
  file_diff: "file_diff",
  diff_lines: "diff_lines",
  compare: "compare",
  file_between: "file_diff",
  landing: "landing",
  inbox: "inbox",
  run_log: "text",
  trash: "trash",
  restore_trash: "done",
  empty_trash: "done",
  scope_files: "scope_files",
  doctor: "doctor",
  settings: "settings",
  set_setting: "done",
  shutdown: "done",
} as const satisfies Record<Request["type"], Reply["type"]>;

type ReplyTypeOf<K extends Request["type"]> = (typeof replyOf)[K];
export type ValueOf<K extends Request["type"]> =
  Extract<Reply, { type: ReplyTypeOf<K> }> extends { value: infer V } ? V : undefined;

/** An engine's refusal, as something that can be thrown. */
export class Refused extends Error {
  constructor(readonly wire: WireError) {
    super(wire.message);
    this.name = "Refused";
  }
}

/** Asks, and gives the reply's value. Throws `Refused`, always. */
export async function request<R extends Request>(asked: R): Promise<ValueOf<R["type"]>> {
  let answer: unknown;
  try {
    answer = await (await transport()).invoke("request", { request: asked });
  } catch (problem) {
    throw new Refused(toWireError(problem));
  }
  return replyValue(asked.type, answer) as ValueOf<R["type"]>;
}

/** The value of a reply, or a `Refused` when engine and page don't mean the same. */
export function replyValue(asked: Request["type"], answer: unknown): unknown {
  const expected = replyOf[asked];
  if (expected === "done") return undefined;
  if (typeof answer === "object" && answer !== null && "type" in answer && answer.type === expected) {
    return "value" in answer ? answer.value : undefined;
  }
  throw new Refused({
    code: "version",
    message: `The engine answered “${asked}” with something this window does not know.`,
    hint: "Window and engine are of different versions. Restart Coppice.",
  });
}

/** Whatever was thrown, as the engine's error shape. */
export function toWireError(problem: unknown): WireError {
  if (problem instanceof Refused) return problem.wire;
  if (typeof problem === "object" && problem !== null && "message" in problem && "code" in problem) {
    return problem as WireError;
  }
  const message = problem instanceof Error ? problem.message : String(problem);
  return { code: "internal", message: message || "Something went wrong in the window.", hint: null };
}
