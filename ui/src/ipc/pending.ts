/*
 * Edits under way: shown as they will be, and sent one after another, each made from what the one before it left
 * behind. Lists are saved whole, so that an edit made from an older list would take back a newer one.
 */
import { useReducer, useRef } from "react";

/** What is to be changed; a function where it depends on what is there by then. */
export type Change<Now, Patch> = Patch | ((now: Now) => Patch);

interface Sent<Now, Patch> {
  change: Change<Now, Patch>;
  /** The revision that holds it; null until the engine has answered. */
  revision: number | null;
}

interface Options<Now, Patch> {
  saved: Now;
  /** The plan's revision that `saved` was read at. */
  revision: number;
  merge: (now: Now, patch: Patch) => Now;
  /** Gives null where it was refused, and shows that. */
  send: (patch: Patch) => Promise<{ revision: number } | null>;
}

export function usePending<Now, Patch extends object>({ saved, revision, merge, send }: Options<Now, Patch>) {
  const [, paint] = useReducer((n: number) => n + 1, 0);
  const sent = useRef<readonly Sent<Now, Patch>[]>([]);
  const known = useRef(saved);
  const answered = useRef<Promise<void>>(Promise.resolve());
  known.current = saved;
  sent.current = sent.current.filter((one) => one.revision === null || one.revision > revision);

  const patchOf = (change: Change<Now, Patch>, now: Now) =>
    typeof change === "function" ? change(now) : change;
  const after = (now: Now, all: readonly Sent<Now, Patch>[]) =>
    all.reduce((before, { change }) => merge(before, patchOf(change, before)), now);
  const sendOne = async (one: Sent<Now, Patch>) => {
    const before = sent.current.slice(0, sent.current.indexOf(one));
    const patch = patchOf(one.change, after(known.current, before));
    const answer = Object.keys(patch).length === 0 ? null : await send(patch);
    // What was refused is not shown any longer, and what follows is made without it.
    if (answer) one.revision = answer.revision;
    else sent.current = sent.current.filter((other) => other !== one);
    paint();
  };
  const patch = (change: Change<Now, Patch>) => {
    const one: Sent<Now, Patch> = { change, revision: null };
    sent.current = [...sent.current, one];
    answered.current = answered.current.then(() => sendOne(one));
    paint();
  };
  return { shown: after(saved, sent.current), patch };
}
