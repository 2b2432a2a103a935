// The requirements with what reviewers said of each attempt, side by side. Pure.

import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { Requirement } from "../../ipc/bindings/Requirement";
import type { RequirementView } from "../../ipc/bindings/RequirementView";

export interface VerdictPair {
  id: string;
  text: string;
  a: RequirementView | null;
  b: RequirementView | null;
  /** The two were judged differently. */
  differs: boolean;
}

/** One for each requirement of the spec, in its order; what only a review knows comes after. */
export function verdictPairs(
  requirements: readonly Requirement[],
  a: AttemptView | undefined,
  b: AttemptView | undefined,
): VerdictPair[] {
  const of = (attempt: AttemptView | undefined, id: string) =>
    attempt?.review.requirements.find((r) => r.id === id) ?? null;
  const known = new Set(requirements.map((r) => r.id));
  const late = [a, b].flatMap((x) => x?.review.requirements ?? []).filter((r) => !known.has(r.id));
  const all = [...requirements, ...new Map(late.map((r) => [r.id, r])).values()];
  return all.map(({ id, text }) => {
    const [one, other] = [of(a, id), of(b, id)];
    return { id, text, a: one, b: other, differs: (one?.status ?? null) !== (other?.status ?? null) };
  });
}
