/*
 * A plan's settings while their edits are under way: shown as they will be, and sent one after another, each made from
 * the plan that the one before it left behind. Lists (agents, checks) are saved whole, so that an edit made from an
 * older list would take back a newer one. Deliberately absent: which fields there are.
 */
import { useReducer, useRef } from "react";
import { edit } from "../../ipc/ask";
import type { PlanPatch } from "../../ipc/bindings/PlanPatch";
import type { PlanView } from "../../ipc/bindings/PlanView";

/** What is to be changed; a function where it depends on what the plan says by then. */
export type Change = PlanPatch | ((now: PlanView) => PlanPatch);
export type Patch = (change: Change) => void;

interface Sent {
  change: Change;
  /** The plan's revision that holds it; null until the engine has answered. */
  revision: number | null;
}

export function usePlanPatch(plan: PlanView): { shown: PlanView; patch: Patch } {
  const [, paint] = useReducer((n: number) => n + 1, 0);
  const sent = useRef<readonly Sent[]>([]);
  const known = useRef(plan);
  const answered = useRef<Promise<void>>(Promise.resolve());
  known.current = plan;
  sent.current = sent.current.filter((one) => one.revision === null || one.revision > plan.revision);

  const send = async (one: Sent) => {
    const before = sent.current.slice(0, sent.current.indexOf(one));
    const patch = patchOf(one.change, after(known.current, before));
    const answer =
      Object.keys(patch).length === 0 ? null : await edit(plan.id, { type: "update_plan", patch });
    // What was refused is not shown any longer, and what follows is made without it.
    if (answer) one.revision = answer.revision;
    else sent.current = sent.current.filter((other) => other !== one);
    paint();
  };
  const patch = (change: Change) => {
    const one: Sent = { change, revision: null };
    sent.current = [...sent.current, one];
    answered.current = answered.current.then(() => send(one));
    paint();
  };
  return { shown: after(plan, sent.current), patch };
}

function after(plan: PlanView, sent: readonly Sent[]): PlanView {
  return sent.reduce((now, { change }) => patched(now, patchOf(change, now)), plan);
}

function patchOf(change: Change, now: PlanView): PlanPatch {
  return typeof change === "function" ? change(now) : change;
}

/** The plan as the engine will give it: no rounds are no review, an empty name is nobody. */
export function patched(plan: PlanView, patch: PlanPatch): PlanView {
  const { review, fixer, default_agent, ...rest } = patch;
  return {
    ...plan,
    ...rest,
    ...(review && { review: review.rounds === 0 ? null : review }),
    ...(fixer !== undefined && { fixer: fixer || null }),
    ...(default_agent !== undefined && { default_agent: default_agent || null }),
  };
}
