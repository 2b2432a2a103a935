// What compare says: what adopting would do, what judges said, where one attempt stands to the other. Pure.

import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { JudgementView } from "../../ipc/bindings/JudgementView";
import type { SideView } from "../../ipc/bindings/SideView";
import { askOf } from "../../lib/asks";
import { count, shortId } from "../../lib/format";

export type Letter = "A" | "B";

/** "(attempt 2, codex)". */
export function sideName({ attempt, agent }: Pick<SideView, "attempt" | "agent">): string {
  return `(attempt ${attempt}, ${agent})`;
}

const and = (names: readonly string[]) =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** Whether it can be chosen: it is still tried, and it has something. */
export function canAdopt(side: SideView, decided: boolean): boolean {
  return !decided && !side.adopted && side.given_up === null && side.head !== null;
}

/** What adopting one does with it and with the others. */
export function adoptEffect(
  side: SideView,
  others: readonly Pick<AttemptView, "number" | "agent">[],
  /** Parts of another come into it at the same time. */
  withParts = false,
): string {
  const ends =
    others.length === 0
      ? ""
      : others.length === 1
        ? `Attempt ${others[0]?.number} of ${others[0]?.agent} ends; its work stays under a keep ref. `
        : `Attempts ${and(others.map((o) => `${o.number} of ${o.agent}`))} end; their work stays under keep refs. `;
  const then = withParts
    ? "With the parts it goes through its gates again, then it awaits your approval."
    : side.stage.kind === "awaiting_approval"
      ? "Then it awaits your approval."
      : "It goes on from where it is, and awaits your approval once its gates are green.";
  return `${ends}${then}`;
}

/** What taking does, beside the words of its button. */
export function takeEffect(into: Letter): string {
  return `They become a commit of ${into}, which goes through its gates again.`;
}

/** "2 collected parts were dropped: the head of B moved from 1a2b3c4 to 5d6e7f8." */
export function droppedWords(
  parts: number,
  moved: readonly { name: string; from: string; to: string }[],
): string {
  const how = moved.map(
    ({ name, from, to }) => `the head of ${name} moved from ${shortId(from)} to ${shortId(to)}`,
  );
  return `${count(parts, "collected part was", "collected parts were")} dropped: ${and(how)}.`;
}

/** A judgement of the pair that is shown, whichever way round it was asked. */
export function isAbout({ a, b }: Pick<JudgementView, "a" | "b">, view: CompareView): boolean {
  const [x, y] = [view.a.attempt, view.b.attempt];
  return (a === x && b === y) || (a === y && b === x);
}

export function letterOf(attempt: number, view: CompareView): Letter {
  return attempt === view.a.attempt ? "A" : "B";
}

/** What a judge said, in one sentence; its reasons stand beside it. */
export function judgementWords(judgement: JudgementView, view: CompareView): string {
  const { by, better, failed } = judgement;
  if (failed !== null) return `The judge ${by} gave no judgement: ${failed}`;
  if (better === null)
    return `The judge ${by} settled on neither: it preferred whichever it read first, or none.`;
  return `The judge ${by} preferred ${letterOf(better, view)} both times.`;
}

/** Why nothing can be brought into a side; null when it can: it has to rest, with a head that was looked at. */
export function cannotReceive(side: SideView, letter: Letter): string | null {
  const { stage, given_up } = side;
  if (given_up !== null)
    return `${letter} was given up: ${given_up.replace(/\.$/, "")}. Swap to take from it.`;
  if (["landed", "cancelled", "discarded", "queued", "landing"].includes(stage.kind))
    return `${letter} can't be changed: ${stage.word}.`;
  const rests = stage.kind === "awaiting_approval" || (stage.kind === "needs_you" && askOf(stage) === null);
  if (!rests) return `${letter} is at work (${stage.word}): parts can be taken into it once it rests.`;
  return side.head === null ? `${letter} has committed nothing yet.` : null;
}
