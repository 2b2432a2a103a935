/* Tokens and money, summed and written. */
import type { RunView } from "../ipc/bindings/RunView";
import type { UsageView } from "../ipc/bindings/UsageView";
import { count } from "./format";

export interface Used {
  input: number;
  output: number;
  cached: number;
  /** US dollars, of the runs whose price is known; null where no price is. */
  cost: number | null;
  /** Runs that used something whose price is not known. */
  unpriced: number;
  /** The models, each once. */
  models: string[];
}

/** What runs have used together; null where none has told. */
export function usedBy(runs: readonly Pick<RunView, "usage">[]): Used | null {
  const told = runs.flatMap((run) => run.usage ?? []);
  if (told.length === 0) return null;
  const sum = (part: (usage: UsageView) => number) => told.reduce((all, usage) => all + part(usage), 0);
  const priced = told.filter((usage) => usage.cost !== null);
  return {
    input: sum((u) => u.input),
    output: sum((u) => u.output),
    cached: sum((u) => u.cached),
    cost: priced.length > 0 ? sum((u) => u.cost ?? 0) : null,
    unpriced: told.length - priced.length,
    models: [...new Set(told.flatMap((u) => u.model ?? []))],
  };
}

/** "$3.20"; what is there but less than a cent is said to be. */
export function money(dollars: number): string {
  if (dollars > 0 && dollars < 0.005) return "<$0.01";
  return `$${dollars.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** "940", "12.4k", "3.1M". */
export function tokens(n: number): string {
  if (n < 1000) return String(n);
  const [value, unit] = n < 999_500 ? [n / 1000, "k"] : [n / 1_000_000, "M"];
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)}${unit}`;
}

/** "48.2k tokens · $0.31". */
export function usedWord(use: Used): string {
  const all = `${tokens(use.input + use.output + use.cached)} tokens`;
  return use.cost === null ? all : `${all} · ${money(use.cost)}`;
}

/** Every number, for a tooltip. */
export function usedSentence(use: Used): string {
  const exact = (n: number) => n.toLocaleString("en");
  const parts = `${exact(use.input)} input, ${exact(use.output)} output and ${exact(use.cached)} cached tokens`;
  const of = use.models.length > 0 ? ` of ${use.models.join(", ")}` : "";
  const without =
    use.unpriced === 0
      ? ""
      : use.cost === null
        ? " No price is known."
        : ` The price of ${count(use.unpriced, "run")} is not known and not in the sum.`;
  return `${parts}${of}.${without}`;
}
