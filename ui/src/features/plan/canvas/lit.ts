/* What is lit: hovering a task shows what it waits for one way and what it unblocks the other. */
import { create } from "zustand";

interface Lit {
  hover: string | null;
  up: ReadonlySet<string>;
  down: ReadonlySet<string>;
  /** Tasks that a filter keeps; null while there is none. */
  kept: ReadonlySet<string> | null;
  /** A task that a refused edge shakes. */
  shaken: string | null;
  /** The task whose title is being edited. */
  renaming: string | null;
}

const nothing: ReadonlySet<string> = new Set();

export const useLit = create<Lit>(() => ({
  hover: null,
  up: nothing,
  down: nothing,
  kept: null,
  shaken: null,
  renaming: null,
}));

export function light(hover: string, reach: { up: ReadonlySet<string>; down: ReadonlySet<string> }): void {
  useLit.setState({ hover, ...reach });
}

export function unlight(): void {
  useLit.setState({ hover: null, up: nothing, down: nothing });
}

export type Light = "" | "self" | "up" | "down" | "dim";

export function lightOfTask(lit: Lit, id: string): Light {
  if (lit.kept && !lit.kept.has(id)) return "dim";
  if (lit.hover === null) return "";
  if (lit.hover === id) return "self";
  if (lit.up.has(id)) return "up";
  return lit.down.has(id) ? "down" : "";
}

export function lightOfEdge(lit: Lit, from: string, to: string): Light {
  if (lit.kept && !(lit.kept.has(from) && lit.kept.has(to))) return "dim";
  if (lit.hover === null) return "";
  const inUp = (id: string) => id === lit.hover || lit.up.has(id);
  const inDown = (id: string) => id === lit.hover || lit.down.has(id);
  if (inUp(from) && inUp(to)) return "up";
  return inDown(from) && inDown(to) ? "down" : "";
}
