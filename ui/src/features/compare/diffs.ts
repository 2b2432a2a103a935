// The three diffs of two attempts, as they are named and chosen.

import type { CompareView } from "../../ipc/bindings/CompareView";

export const diffs = ["a", "b", "between"] as const;
export type Diff = (typeof diffs)[number];

export const diffNames: Record<Diff, { label: string; title: string; key: string }> = {
  a: { label: "Base → A", title: "What A did since both began", key: "alt+1" },
  b: { label: "Base → B", title: "What B did since both began", key: "alt+2" },
  between: { label: "A → B", title: "How B differs from A; parts of it can be taken into A", key: "alt+3" },
};

/** The two sides of A → B, bound to their heads. */
export function sidesOf({ a, b }: CompareView): { a: number; b: number; heads: string } {
  return { a: a.attempt, b: b.attempt, heads: `${a.head} ${b.head}` };
}
