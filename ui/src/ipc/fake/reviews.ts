/* Reviews of the fake: one with everything in it, one that passed, one that is void; and what answers change. */
import type { AttemptView } from "../bindings/AttemptView";
import type { Comment } from "../bindings/Comment";
import type { FindingView } from "../bindings/FindingView";
import type { RequirementView } from "../bindings/RequirementView";
import type { ReviewedView } from "../bindings/ReviewedView";
import type { ReviewView } from "../bindings/ReviewView";
import type { TaskView } from "../bindings/TaskView";
import { commitId } from "./shapes";

const minute = 60_000;

export const queueSpec = `1. Retries use exponential backoff with full jitter, capped at \`max_delay\`.
2. An empty batch sends nothing and is not an error.
3. After \`max_attempts\` the item goes to the dead-letter table with its last error.
4. The key \`retry.max_attempts\` is readable from configuration.
5. A million queued items fit in 256 MiB.`;

export function requirementsOf(spec: string): { id: string; text: string }[] {
  return [...spec.matchAll(/^(\d+)\.\s+(.+)$/gm)].map((m) => ({ id: m[1] ?? "", text: m[2] ?? "" }));
}

export function finding(id: string, more: Partial<FindingView>): FindingView {
  const blocks = (more.state ?? "open") === "open" && more.severity !== "minor";
  return {
    id,
    kind: "quality",
    severity: "minor",
    file: null,
    line: null,
    end_line: null,
    why: "",
    verify: "",
    by: "codex",
    round: 0,
    seen: 1,
    state: "open",
    addressed_round: null,
    waived: null,
    blocks,
    ...more,
  };
}

function judged(t: TaskView, verdicts: Record<string, Partial<RequirementView>> = {}): RequirementView[] {
  return requirementsOf(t.spec).map((r) => ({
    ...r,
    status: null,
    evidence: [],
    waived: null,
    ...verdicts[r.id],
  }));
}

export const lastOf = (a: AttemptView, more: Partial<ReviewedView> = {}): ReviewedView => ({
  head: a.head ?? commitId("none"),
  base: a.base,
  by: ["codex"],
  verdict: "pass",
  failed: null,
  void: null,
  at_ms: Date.now() - 3 * minute,
  ...more,
});

/** The review of a task's newest attempt; tasks that the fake knows nothing of were not reviewed. */
export function reviewOf(t: TaskView, a: AttemptView): ReviewView {
  const dir = `crates/${t.id}`;
  const at = (file: string, line: number, why: string) => ({ file: `${dir}/${file}`, line, why });
  const none = { last: null, rounds: 0, most_rounds: 5, requirements: judged(t), findings: [] };
  switch (t.id) {
    case "queue":
      return {
        last: lastOf(a, { verdict: "gaps", by: ["codex", "claude"] }),
        rounds: 2,
        most_rounds: 5,
        requirements: judged(t, {
          1: {
            status: "met",
            evidence: [at("src/retry.rs", 4, "The ceiling doubles and stops at max_delay.")],
          },
          2: {
            status: "met",
            evidence: [
              at("src/queue.rs", 12, "Returns before anything is sent."),
              at("tests/queue.rs", 9, "The test sends an empty batch."),
            ],
          },
          3: { status: "met", evidence: [at("src/queue.rs", 31, "Dead-letters with the last error.")] },
          4: {
            status: "unmet",
            evidence: [
              at("src/retry.rs", 9, "Implemented, but not among the public keys."),
              { file: "crates/config/src/keys.rs", line: 88, why: "The list of public keys ends here." },
            ],
          },
          5: { status: "unverifiable", evidence: [] },
        }),
        findings: queueFindings(dir),
      };
    case "cli":
      return {
        last: lastOf(a),
        rounds: 1,
        most_rounds: 5,
        requirements: judged(t, {
          1: { status: "met", evidence: [at("src/retry.rs", 3, "The flag reaches the backoff.")] },
          2: { status: "met", evidence: [at("src/queue.rs", 22, "No retry is scheduled.")] },
        }),
        findings: [
          finding("F1", {
            kind: "test_gap",
            severity: "important",
            file: `${dir}/tests/queue.rs`,
            line: 9,
            why: "No test gives `--retries 0`.",
            verify: "cargo test -p cli retries_zero",
            state: "addressed",
            addressed_round: 1,
          }),
          finding("F2", {
            file: `${dir}/src/retry.rs`,
            line: 2,
            why: "The comment does not say in which unit the delay is.",
            verify: "Read the comment.",
            round: 1,
          }),
        ],
      };
    case "client":
      return {
        ...none,
        last: lastOf(a, { head: commitId("first client"), void: "The head moved since." }),
        requirements: judged(t),
        findings: [],
      };
    default:
      return none;
  }
}

function queueFindings(dir: string): FindingView[] {
  return [
    finding("F1", {
      kind: "missing",
      severity: "critical",
      file: `${dir}/src/retry.rs`,
      line: 9,
      why: "The field exists, but `Config::public_keys()` does not list `retry.max_attempts`, so it cannot be set from a file.",
      verify: "cargo run -- config get retry.max_attempts",
      seen: 2,
    }),
    finding("F2", {
      kind: "misunderstood",
      severity: "important",
      file: `${dir}/src/queue.rs`,
      line: 40,
      end_line: 42,
      why: "Off by one at the chunk boundary: the last item of a full chunk is sent twice.",
      verify: "cargo test -p queue chunk_boundary",
      state: "addressed",
      addressed_round: 1,
    }),
    finding("F3", {
      kind: "spec_defect",
      severity: "important",
      why: "Requirement 5 names no machine and no item size: it can't be decided from the diff.",
      verify: "Name the size of an item in the spec.",
      by: "claude",
    }),
    finding("F4", {
      kind: "test_gap",
      severity: "important",
      file: `${dir}/tests/queue.rs`,
      line: 9,
      why: "No test for an empty batch.",
      verify: "cargo test -p queue empty_batch",
      state: "addressed",
      addressed_round: 1,
      round: 1,
    }),
    finding("F5", {
      kind: "quality",
      severity: "minor",
      file: `${dir}/src/retry.rs`,
      line: 4,
      why: "`(attempt - 1)` underflows for **attempt 0**; <b>saturating_sub</b> says what is meant.",
      verify: "cargo test -p queue attempt_zero",
      by: null,
      round: 1,
    }),
    finding("F6", {
      kind: "scope",
      severity: "minor",
      file: "scripts/run.sh",
      why: "The mode of a script changed that no requirement asks for.",
      verify: "git diff --summary",
      state: "waived",
      waived: "The release needs it executable; it was forgotten before.",
    }),
  ];
}

/** Whether there was something open of this id to waive. */
export function waive(review: ReviewView, id: string, reason: string): boolean {
  const found = review.findings.find((f) => f.id === id && f.state === "open");
  if (found) {
    Object.assign(found, { state: "waived", waived: reason, blocks: false });
    return true;
  }
  const gap = review.requirements.find((r) => r.id === id && r.status !== "met" && r.waived === null);
  if (gap) gap.waived = reason;
  return gap !== undefined;
}

/** A person's comments as findings of the round. */
export function comment(review: ReviewView, comments: readonly Comment[]): void {
  for (const { file, line, end_line, text } of comments) {
    const id = `F${review.findings.length + 1}`;
    const more = { severity: "important", file, line, end_line, why: text, by: null } as const;
    review.findings.push(finding(id, { ...more, round: review.rounds, seen: 0 }));
  }
}

/** A round of fixing that worked: what was open is addressed at another head, and the review of before is void. */
export function fixed(a: AttemptView, head: string): void {
  a.head = head;
  a.commits.unshift({ id: head, subject: "Address the findings", author: a.agent, at_ms: Date.now() });
  for (const e of a.evidence) e.void = "The head moved since.";
  if (a.review.last) a.review.last.void = "The head moved since.";
  for (const f of a.review.findings)
    if (f.state === "open" && f.kind !== "spec_defect")
      Object.assign(f, { state: "addressed", addressed_round: a.review.rounds, blocks: false });
}

/** A review of the head that finds nothing more. */
export function reviewed(t: TaskView, a: AttemptView): void {
  a.review.last = lastOf(a, { at_ms: Date.now() });
  if (a.review.requirements.length === 0) a.review.requirements = judged(t);
  for (const r of a.review.requirements) if (r.status !== "met") r.status = "met";
}
