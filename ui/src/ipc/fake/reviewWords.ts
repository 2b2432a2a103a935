import type { AttemptView } from "../bindings/AttemptView";

/** The review in one sentence, as the engine says it. */
export function reviewWords(a: AttemptView | undefined): string {
  const last = a?.review.last;
  if (!a || !last) return "Not reviewed";
  if (last.failed !== null) return "Review failed";
  if (last.void !== null) return "Review void: the head moved";
  const all = a.review.requirements;
  const met = all.filter((r) => r.status === "met" || r.waived !== null).length;
  const open = a.review.findings.filter((f) => f.state === "open").length;
  const rest = open === 0 ? "" : `, ${open} ${open === 1 ? "finding" : "findings"} open`;
  return all.length === 0 ? `Reviewed${rest}` : `Reviewed: ${met} of ${all.length} met${rest}`;
}
