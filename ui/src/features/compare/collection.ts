// What was collected to be taken, by the two attempts and their heads. It outlives a look elsewhere. As soon as a head
// moves it is gone: taken, where it was sent and only the receiving head moved; else dropped, with words, because parts
// of other heads are other parts.

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
  /** The engine has agreed to take them, and is at it. */
  sent: boolean;
  /** What became of them, until it is read. */
  taken: number;
  dropped: string | null;
}

interface Collections {
  all: Readonly<Record<string, Collection>>;
  change: (between: Between, change: (parts: Parts) => Parts) => void;
  /** Lets go of what was collected of other heads. */
  settle: (between: Between) => void;
  markSent: (between: Between, sent: boolean) => void;
  clear: (between: Between) => void;
}

export const keyOf = ({ plan, task, into, from }: Between) =>
  JSON.stringify([plan, task, into.attempt, from.attempt]);

const fresh = { parts: [], sent: false, taken: 0, dropped: null };

export const useCollections = create<Collections>((set) => ({
  all: {},
  change: (between, change) =>
    set(({ all }) => {
      const known = all[keyOf(between)];
      const parts = change(known && sameHeads(known.between, between) ? known.parts : []);
      return { all: { ...all, [keyOf(between)]: { ...fresh, between, parts } } };
    }),
  settle: (between) =>
    set(({ all }) => {
      const known = all[keyOf(between)];
      if (!known || sameHeads(known.between, between)) return {};
      const lost = countParts(known.parts);
      const arrived = known.sent && known.between.from.head === between.from.head;
      const now: Collection = {
        ...fresh,
        between,
        taken: arrived ? lost : 0,
        dropped: arrived
          ? null
          : lost > 0
            ? droppedWords(lost, movedSides(known.between, between))
            : known.dropped,
      };
      return { all: { ...all, [keyOf(between)]: now } };
    }),
  clear: (between) => set(({ all }) => ({ all: { ...all, [keyOf(between)]: { ...fresh, between } } })),
  markSent: (between, sent) =>
    set(({ all }) => {
      const known = all[keyOf(between)];
      return known ? { all: { ...all, [keyOf(between)]: { ...known, sent } } } : {};
    }),
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
