// What was collected to be taken, by the two attempts and their heads. It outlives a look elsewhere, and is dropped,
// with words, as soon as a head moves: parts of other heads are other parts.

import { create } from "zustand";
import { countParts, type Parts } from "./collected";
import { droppedWords, type Letter } from "./words";

/** Which attempt receives, from which, and the heads that the person sees. */
export interface Between {
  plan: string;
  task: string;
  into: { attempt: number; head: string };
  from: { attempt: number; head: string };
}

export interface Collection {
  between: Between;
  parts: Parts;
  /** Why parts are gone, until it is read. */
  dropped: string | null;
}

interface Collections {
  all: Readonly<Record<string, Collection>>;
  change: (between: Between, change: (parts: Parts) => Parts) => void;
  /** Drops what was collected of other heads. */
  settle: (between: Between) => void;
  clear: (between: Between) => void;
}

export const keyOf = ({ plan, task, into, from }: Between) =>
  JSON.stringify([plan, task, into.attempt, from.attempt]);

export const useCollections = create<Collections>((set) => ({
  all: {},
  change: (between, change) =>
    set(({ all }) => {
      const known = all[keyOf(between)];
      const parts = change(known && sameHeads(known.between, between) ? known.parts : []);
      return { all: { ...all, [keyOf(between)]: { between, parts, dropped: null } } };
    }),
  settle: (between) =>
    set(({ all }) => {
      const known = all[keyOf(between)];
      if (!known || sameHeads(known.between, between)) return {};
      const lost = countParts(known.parts);
      const dropped = lost > 0 ? droppedWords(lost, movedSides(known.between, between)) : known.dropped;
      return { all: { ...all, [keyOf(between)]: { between, parts: [], dropped } } };
    }),
  clear: (between) =>
    set(({ all }) => ({ all: { ...all, [keyOf(between)]: { between, parts: [], dropped: null } } })),
}));

function sameHeads(x: Between, y: Between): boolean {
  return x.into.head === y.into.head && x.from.head === y.from.head;
}

function movedSides(was: Between, is: Between): { name: Letter; from: string; to: string }[] {
  const sides = [
    { name: "A" as const, from: was.into.head, to: is.into.head },
    { name: "B" as const, from: was.from.head, to: is.from.head },
  ];
  return sides.filter(({ from, to }) => from !== to);
}
