// The header's table: what is measured of two attempts, and which value of each is the better one. Pure.

import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { RequirementStatus } from "../../ipc/bindings/RequirementStatus";
import type { Severity } from "../../ipc/bindings/Severity";
import type { SideView } from "../../ipc/bindings/SideView";
import { count, duration } from "../../lib/format";
import type { Hue } from "../../lib/stage";
import { money, tokens } from "../../lib/usage";

/** One value in a cell; a row may hold several. */
export interface Fact {
  text: string;
  /** It is better than the other side's. */
  better: boolean;
  /** What should be known with it. */
  note?: { text: string; hue: Hue };
}

export interface FactRow {
  id: "checks" | "requirements" | "findings" | "size" | "effort";
  label: string;
  a: Fact[];
  b: Fact[];
}

/** A side with what its attempt tells beyond the numbers. */
export interface Side {
  view: SideView;
  attempt: AttemptView | undefined;
}

type Measure = (view: SideView, side: Side) => number | null;

/** Which of two is better; neither where they are equal, or one of them is not known. */
export function betterOf(a: number | null, b: number | null, wanted: "more" | "less"): "a" | "b" | null {
  if (a === null || b === null || a === b) return null;
  return a > b === (wanted === "more") ? "a" : "b";
}

export function factRows(a: Side, b: Side): FactRow[] {
  const fact = (
    measure: Measure,
    wanted: "more" | "less",
    say: (side: Side) => Pick<Fact, "text" | "note">,
  ): { a: Fact; b: Fact } => {
    const better = betterOf(measure(a.view, a), measure(b.view, b), wanted);
    return { a: { ...say(a), better: better === "a" }, b: { ...say(b), better: better === "b" } };
  };
  const row = (id: FactRow["id"], label: string, facts: { a: Fact; b: Fact }[]): FactRow => ({
    id,
    label,
    a: facts.map((one) => one.a),
    b: facts.map((one) => one.b),
  });
  return [
    row("checks", "Checks at the head", [
      fact((s, side) => (anyRan(side) ? s.checks_green : null), "more", sayChecks),
    ]),
    row("requirements", "Requirements met", [fact((s) => s.met, "more", sayRequirements)]),
    row("findings", "Findings", [
      fact((s) => (s.met === null ? null : s.findings), "less", sayFindings),
      fact(
        (s) => s.rounds,
        "less",
        ({ view }) => ({
          text: view.rounds === 0 ? "no fixing" : `${count(view.rounds, "round")} of fixing`,
        }),
      ),
    ]),
    row("size", "Size", [
      fact(
        (s) => (s.head === null ? null : s.files),
        "less",
        ({ view }) => ({
          text: view.head === null ? "nothing committed" : count(view.files, "file"),
        }),
      ),
      fact(
        (s) => (s.head === null ? null : s.added + s.deleted),
        "less",
        ({ view }) => ({
          text:
            view.head === null
              ? ""
              : `+${view.added.toLocaleString("en")} −${view.deleted.toLocaleString("en")}`,
        }),
      ),
    ]),
    row("effort", "Time and cost", [
      fact(
        (s) => s.took_ms,
        "less",
        ({ view }) => ({ text: duration(view.took_ms) }),
      ),
      fact((s) => s.usage.cost, "less", sayCost),
    ]),
  ];
}

/** An attempt whose checks have not run has none that are red. */
function anyRan({ view, attempt }: Side): boolean {
  return view.checks_green > 0 || (attempt?.evidence.some((e) => !e.merged && e.void === null) ?? true);
}

function sayChecks(side: Side): Pick<Fact, "text" | "note"> {
  const { view, attempt } = side;
  if (view.checks === 0) return { text: "the plan has none" };
  if (!anyRan(side)) return { text: "not run at this head" };
  const text = `${view.checks_green} of ${view.checks} green`;
  const red = attempt?.evidence.filter((e) => !e.merged && e.void === null && !e.passed) ?? [];
  if (red.length > 0)
    return { text, note: { text: `${red.map((e) => e.check).join(", ")} failed`, hue: "fail" } };
  const merged = attempt?.evidence.filter((e) => e.merged && e.void === null) ?? [];
  if (merged.length === 0) return { text };
  const broken = merged.filter((e) => !e.passed).length;
  return broken > 0
    ? { text, note: { text: "merged tree failed", hue: "fail" } }
    : { text, note: { text: "merged tree too", hue: "quiet" } };
}

function sayRequirements({ view, attempt }: Side): Pick<Fact, "text" | "note"> {
  if (view.requirements === 0) return { text: "the spec has none" };
  if (view.met === null) return { text: "not reviewed at this head" };
  const text = `${view.met} of ${view.requirements}`;
  const open = attempt?.review.requirements.filter((r) => r.status !== "met" && r.waived === null) ?? [];
  if (open.length === 0) return { text };
  // "unmet: 4" names the fourth; "4 unmet" would count them.
  const of = (status: RequirementStatus | null) => open.filter((r) => r.status === status).map((r) => r.id);
  const words = (["unmet", "unverifiable", null] as const)
    .filter((status) => of(status).length > 0)
    .map((status) => `${status ?? "not judged"}: ${of(status).join(", ")}`);
  return { text, note: { text: words.join(" · "), hue: of("unmet").length > 0 ? "fail" : "need" } };
}

const severities: readonly Severity[] = ["critical", "important", "minor"];

function sayFindings({ view, attempt }: Side): Pick<Fact, "text" | "note"> {
  if (view.met === null && view.findings === 0) return { text: "not reviewed" };
  if (view.findings === 0) return { text: "none open" };
  const open = attempt?.review.findings.filter((f) => f.state === "open") ?? [];
  const of = (severity: Severity) => open.filter((f) => f.severity === severity).length;
  const words = severities.filter((s) => of(s) > 0).map((s) => `${of(s)} ${s}`);
  const text = `${view.findings} open`;
  if (words.length === 0) return { text };
  return {
    text,
    note: { text: words.join(", "), hue: of("critical") + of("important") > 0 ? "fail" : "quiet" },
  };
}

function sayCost({ view }: Side): Pick<Fact, "text" | "note"> {
  const { usage } = view;
  const all = usage.input + usage.output + usage.cached;
  if (usage.cost !== null) return { text: money(usage.cost) };
  return all === 0
    ? { text: "no usage told" }
    : { text: `${tokens(all)} tokens`, note: { text: "no price known", hue: "quiet" } };
}
