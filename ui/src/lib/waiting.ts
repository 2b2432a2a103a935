/* Where what waits for a person is decided. */
import type { InboxItem } from "../ipc/bindings/InboxItem";
import type { Route } from "./route";
import { isReviewReason } from "./stage";

/** Whether it is decided with the diff and the findings in view. `code` is the reason's, where it is known. */
export function opensReview(item: Pick<InboxItem, "kind" | "actions">, code: string | undefined): boolean {
  return (
    item.kind === "ready_to_review" ||
    isReviewReason(code) ||
    item.actions.some((a) => a.action === "fix_again")
  );
}

export function placeOf(item: InboxItem, code: string | undefined): Route {
  const { plan, task } = item;
  if (item.kind === "ready_to_compare") return { at: "compare", plan, task, pair: null };
  return opensReview(item, code)
    ? { at: "review", plan, task, attempt: item.attempt ?? 1 }
    : { at: "plan", plan, view: "graph", task, tab: item.kind === "failed" ? "checks" : "spec" };
}
