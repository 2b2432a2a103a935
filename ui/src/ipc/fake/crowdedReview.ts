/* A review with more in it than fits: long names, long words, many requirements and findings. */
import type { AttemptView } from "../bindings/AttemptView";
import type { FindingKind } from "../bindings/FindingKind";
import type { RequirementStatus } from "../bindings/RequirementStatus";
import type { ReviewView } from "../bindings/ReviewView";
import type { Severity } from "../bindings/Severity";
import { finding, lastOf, requirementsOf } from "./reviews";

export const crowdedTitle =
  "Move every call of the old upload pipeline behind the new interface, with its retries, its limits and its tests";

const asks = [
  "`UploadPipelineConfigurationWithRetriesAndBackoff::from_environment` reads each of its values once",
  "An upload that is cut short leaves neither a row nor a file, and says which of the two it took back",
  "Limits hold for each customer alone",
  "The error names the file, the size and the limit, in this order, and is the same in the log and on the wire",
];

export const crowdedSpec = Array.from({ length: 24 }, (_, i) => `${i + 1}. ${asks[i % asks.length]}.`).join(
  "\n",
);

const kinds: readonly FindingKind[] = ["missing", "misunderstood", "test_gap", "quality", "scope"];
const severities: readonly Severity[] = ["critical", "important", "minor"];
const statuses: readonly RequirementStatus[] = ["met", "met", "unmet", "met", "unverifiable"];
const file = "crates/uploads/src/routes/admin/pipeline_configuration_with_retries_and_backoff.rs";

export function crowdedReview(a: AttemptView): ReviewView {
  return {
    last: lastOf(a, { verdict: "gaps", by: ["codex", "claude", "a-third-reviewer-with-a-long-name"] }),
    rounds: 3,
    most_rounds: 5,
    requirements: requirementsOf(crowdedSpec).map((r, i) => ({
      ...r,
      status: statuses[i % statuses.length] ?? "met",
      evidence: [1, 2, 3].slice(0, i % 4).map((n) => ({ file, line: 40 * i + n, why: `Seen at step ${n}.` })),
      waived: null,
    })),
    findings: Array.from({ length: 40 }, (_, i) =>
      finding(`F${i + 1}`, {
        kind: kinds[i % kinds.length] ?? "quality",
        severity: severities[i % 7 === 0 ? 0 : i % 2 ? 1 : 2] ?? "minor",
        file,
        line: 12 + 9 * i,
        end_line: i % 3 ? null : 14 + 9 * i,
        why: `${asks[i % asks.length]}, but here \`pipeline_configuration_with_retries_and_backoff_${i}()\` is called twice.${
          i % 5
            ? ""
            : " The second call reads what the first has written, so that what is said of it depends on the order in which the two are scheduled, which no test decides and no reader can."
        }`,
        verify: `cargo test -p uploads --test pipeline_configuration_with_retries_and_backoff -- case_${i} --exact`,
        seen: 1 + (i % 3),
        round: i % 4,
        by: i % 6 ? "a-third-reviewer-with-a-long-name" : null,
        state: i % 9 === 8 ? "addressed" : "open",
        addressed_round: i % 9 === 8 ? 2 : null,
      }),
    ),
  };
}
