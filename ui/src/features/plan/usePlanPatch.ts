/* A plan's settings while their edits are under way. Deliberately absent: which fields there are. */
import { edit } from "../../ipc/ask";
import type { PlanPatch } from "../../ipc/bindings/PlanPatch";
import type { PlanView } from "../../ipc/bindings/PlanView";
import { type Change, usePending } from "../../ipc/pending";

export type Patch = (change: Change<PlanView, PlanPatch>) => void;

export function usePlanPatch(plan: PlanView): { shown: PlanView; patch: Patch } {
  return usePending<PlanView, PlanPatch>({
    saved: plan,
    revision: plan.revision,
    merge: patched,
    send: (patch) => edit(plan.id, { type: "update_plan", patch }),
  });
}

/** The plan as the engine will give it: no rounds are no review, an empty name is nobody. */
function patched(plan: PlanView, patch: PlanPatch): PlanView {
  const { review, fixer, default_agent, ...rest } = patch;
  return {
    ...plan,
    ...rest,
    ...(review && { review: review.rounds === 0 ? null : review }),
    ...(fixer !== undefined && { fixer: fixer || null }),
    ...(default_agent !== undefined && { default_agent: default_agent || null }),
  };
}
