// What a review says, in words, shapes and order: verdicts on requirements, findings by severity, and the walk
// along what is open. Pure.

import type { FindingKind } from "../../ipc/bindings/FindingKind";
import type { FindingView } from "../../ipc/bindings/FindingView";
import type { RequirementView } from "../../ipc/bindings/RequirementView";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import type { Severity } from "../../ipc/bindings/Severity";
import { count, shortId } from "../../lib/format";
import { nameOf } from "../../lib/path";
import type { Hue } from "../../lib/stage";
import type { Look } from "../../lib/verdict";

/** Whether a person can do without it: only what a reviewer did not find met. */
export function canWaive({ status, waived }: RequirementView): boolean {
  return waived === null && (status === "unmet" || status === "unverifiable");
}

export const severities: readonly Severity[] = ["critical", "important", "minor"];

export const severityWord: Record<Severity, string> = {
  critical: "Critical",
  important: "Important",
  minor: "Minor",
};

export const severityHue: Record<Severity, Hue> = { critical: "fail", important: "need", minor: "quiet" };

export const kindWord: Record<FindingKind, string> = {
  missing: "missing",
  extra: "extra",
  misunderstood: "misunderstood",
  test_gap: "test gap",
  scope: "scope",
  quality: "quality",
  spec_defect: "spec defect",
};

export function findingLook({ state, severity, addressed_round }: FindingView): Look {
  switch (state) {
    case "open":
      return severity === "minor"
        ? { shape: "circle", hue: "quiet", word: "Open" }
        : { shape: "diamond", hue: severityHue[severity], word: "Open" };
    case "addressed":
      return {
        shape: "check",
        hue: "land",
        word: addressed_round === null ? "Addressed" : `Addressed in round ${addressed_round}`,
      };
    case "waived":
      return { shape: "slash", hue: "quiet", word: "Waived" };
  }
}

export type FindingFilter = "open" | "all";

/** By severity, worst first; what is open before what is settled, else as they were found. */
export function grouped(
  findings: readonly FindingView[],
  filter: FindingFilter,
): { severity: Severity; findings: FindingView[] }[] {
  const shown = findings.filter((f) => filter === "all" || f.state === "open");
  const settled = (f: FindingView) => Number(f.state !== "open");
  return severities
    .map((severity) => ({
      severity,
      findings: shown.filter((f) => f.severity === severity).sort((a, b) => settled(a) - settled(b)),
    }))
    .filter((group) => group.findings.length > 0);
}

/** "1 open · 2 addressed · 1 waived". */
export function stateCounts(findings: readonly FindingView[]): string {
  const of = (state: FindingView["state"]) => findings.filter((f) => f.state === state).length;
  return (["open", "addressed", "waived"] as const)
    .filter((state) => of(state) > 0)
    .map((state) => `${of(state)} ${state}`)
    .join(" · ");
}

/** A requirement or a finding, by the id under which it is waived. */
export type Point = { kind: "requirement" | "finding"; id: string };

export const pointKey = ({ kind, id }: Point) => `${kind} ${id}`;

/** What the keys walk along: requirements that are not settled, then the findings as they are listed. */
export function walk({ requirements, findings }: ReviewView, filter: FindingFilter): Point[] {
  return [
    ...requirements.filter(canWaive).map(({ id }) => ({ kind: "requirement" as const, id })),
    ...grouped(findings, filter)
      .flatMap((group) => group.findings)
      .map(({ id }) => ({ kind: "finding" as const, id })),
  ];
}

/** The point after or before `at`, around the end; the first one where `at` is none of them. */
export function stepFrom(points: readonly Point[], at: Point | null, step: 1 | -1): Point | null {
  if (points.length === 0) return null;
  const here = at ? points.findIndex((p) => pointKey(p) === pointKey(at)) : -1;
  if (here < 0) return points[step > 0 ? 0 : points.length - 1] ?? null;
  return points[(here + step + points.length) % points.length] ?? null;
}

/** A file and the lines there; no line means the file as a whole. */
export type Place = { file: string; line: number | null; end: number | null };

/** Where a point leads: a finding's own place, a requirement's first evidence. */
export function placeOfPoint(point: Point, review: ReviewView): Place | null {
  if (point.kind === "finding") {
    const found = review.findings.find((f) => f.id === point.id);
    return found?.file ? { file: found.file, line: found.line, end: found.end_line } : null;
  }
  const first = review.requirements.find((r) => r.id === point.id)?.evidence[0];
  return first ? { file: first.file, line: first.line, end: null } : null;
}

/** "retry.rs:18–41"; the whole path where a tooltip has room for it. */
export function placeWord(place: Place, whole = false): string {
  return `${whole ? place.file : nameOf(place.file)}${lineWord(place)}`;
}

/** ":12", ":12–14", nothing of a whole file. */
export function lineWord({ line, end }: Pick<Place, "line" | "end">): string {
  if (line === null) return "";
  return end !== null && end !== line ? `:${line}–${end}` : `:${line}`;
}

export type Reading = Look & {
  /** Nobody has read the head against the spec: an approval has to say so. */
  unread: boolean;
  /** What it was about: commits, reviewers. */
  facts: string;
  struck: boolean;
  why: string | null;
};

/** The newest review in words, bound to its commit. */
export function readingOf({ last, requirements, findings }: ReviewView): Reading {
  if (!last) {
    const none = { shape: "dotted", hue: "quiet", word: "Not reviewed" } as const;
    return { ...none, unread: true, facts: "", struck: false, why: null };
  }
  const where = `${shortId(last.head)} on ${shortId(last.base)}`;
  const facts = last.by.length > 0 ? `${where} · by ${last.by.join(", ")}` : where;
  const about = { facts, struck: last.void !== null };
  if (last.failed !== null) {
    const look = { shape: "cross", hue: "fail", word: "Review failed" } as const;
    return { ...about, ...look, unread: true, why: last.failed };
  }
  const open = findings.filter((f) => f.state === "open").length;
  const unmet = requirements.filter((r) => r.status === "unmet" && r.waived === null).length;
  const gaps = [
    unmet > 0 ? `${unmet} unmet` : null,
    open > 0 ? `${count(open, "finding")} open` : null,
  ].filter((part) => part !== null);
  const met = requirements.filter((r) => r.status === "met" || r.waived !== null).length;
  const passed =
    requirements.length > 0 ? `Reviewed: ${met} of ${requirements.length} met` : "Reviewed: no gaps";
  const word =
    last.verdict === "gaps" ? `Gaps: ${gaps.join(", ") || "settled since"}` : [passed, ...gaps].join(", ");
  const look: Look = last.void
    ? { shape: "slash", hue: "quiet", word }
    : last.verdict === "gaps"
      ? { shape: "cross", hue: "fail", word }
      : { shape: "check", hue: "land", word };
  return { ...about, ...look, unread: last.void !== null, why: last.void };
}

/** What the fixer could work on: open findings that are no defect of the spec, and requirements that are unmet. */
export function fixable({ findings, requirements }: ReviewView): { findings: number; unmet: number } {
  return {
    findings: findings.filter((f) => f.state === "open" && f.kind !== "spec_defect").length,
    unmet: requirements.filter((r) => r.status === "unmet" && r.waived === null).length,
  };
}
