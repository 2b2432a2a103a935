// What Coppice saw itself: each check with the commits it holds for, the merged tree, the scope.

import { StatusShape } from "../../components/StatusShape";
import { Elapsed } from "../../components/Time";
import { Tooltip } from "../../components/Tooltip";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import { duration, exactTime, shortId } from "../../lib/format";
import { testIds } from "../../testids";
import { chipsOf, type EvidenceChip, runningChecks, scopeWord } from "./evidence";
import styles from "./Review.module.css";
import { Verdict } from "./Verdict";

type EvidenceBarProps = {
  attempt: AttemptView;
  onLog: (run: string) => void;
  onScope: () => void;
  /** The next open point of the review. */
  onReview: () => void;
};

export function EvidenceBar({ attempt, onLog, onScope, onReview }: EvidenceBarProps) {
  const chips = chipsOf(attempt.evidence);
  const running = runningChecks(attempt);
  const outside = attempt.out_of_scope.length;
  const approval = attempt.approval;
  return (
    <section className={styles.evidence} aria-label="Evidence">
      {chips.map((chip) => (
        <Chip key={`${chip.evidence.merged} ${chip.evidence.check}`} chip={chip} onLog={onLog} />
      ))}
      {running.map((run) => (
        <button
          key={run.id}
          type="button"
          className={styles.chip}
          data-testid={testIds.checkRunning(run.name.replace(/^check /, ""))}
          onClick={() => onLog(run.id)}
        >
          <StatusShape shape="ring3" hue="work" label="Running" />
          {run.name.replace(/^check /, "")}
          <span className={styles.facts}>
            running · <Elapsed from={run.started_ms} />
          </span>
        </button>
      ))}
      {chips.length === 0 && running.length === 0 && (
        <span className={styles.chip}>
          <StatusShape shape="circle" hue="quiet" />
          No check has run at this head
        </span>
      )}
      <Verdict review={attempt.review} fixing={attempt.stage.kind === "fixing"} onNext={onReview} />
      <button
        type="button"
        className={styles.chip}
        onClick={onScope}
        disabled={outside === 0}
        data-testid={testIds.evidenceScope}
      >
        <StatusShape
          shape={outside > 0 ? "diamond" : "check"}
          hue={outside > 0 ? "need" : "land"}
          label={outside > 0 ? "Out of scope" : "In scope"}
        />
        scope
        <span className={styles.facts}>{scopeWord(attempt.files, outside)}</span>
      </button>
      {approval && (
        <span
          className={styles.chip}
          data-end
          data-testid={testIds.approval}
          data-void={approval.void ? true : undefined}
        >
          <StatusShape shape={approval.void ? "slash" : "check"} hue={approval.void ? "quiet" : "land"} />
          <span className={approval.void ? styles.void : undefined} title={exactTime(approval.at_ms)}>
            approved by {approval.by} <span className={styles.facts}>{shortId(approval.head)}</span>
          </span>
          {approval.void && <span className={styles.why}>{approval.void}</span>}
        </span>
      )}
    </section>
  );
}

function Chip({ chip, onLog }: { chip: EvidenceChip; onLog: (run: string) => void }) {
  const { evidence, name } = chip;
  const { run } = evidence;
  const id = evidence.merged ? testIds.evidenceMerged(evidence.check) : testIds.evidence(evidence.check);
  const look = evidence.passed
    ? ({ shape: "check", hue: "land" } as const)
    : ({ shape: "cross", hue: "fail" } as const);
  const onto = evidence.merged
    ? `onto ${shortId(evidence.base)}`
    : `${shortId(evidence.head)} on ${shortId(evidence.base)}`;
  const facts = [
    onto,
    evidence.passed ? null : evidence.code === null ? "no exit code" : `exit ${evidence.code}`,
    evidence.reused ? "same tree as before" : duration(evidence.duration_ms),
  ].filter(Boolean);
  const told = (
    <span className={styles.told}>
      <span>
        {evidence.passed ? "Passed" : "Failed"} {exactTime(evidence.at_ms)}
      </span>
      {evidence.void && <span>Void: {evidence.void}</span>}
      {evidence.reused && <span>The merged tree equals a tree that was checked.</span>}
      {run ? <span>Click for its log</span> : <span>No log is kept</span>}
    </span>
  );
  return (
    <Tooltip text={told}>
      <button
        type="button"
        className={styles.chip}
        data-testid={id}
        data-passed={evidence.passed}
        data-void={evidence.void ? true : undefined}
        aria-disabled={run ? undefined : true}
        onClick={() => run && onLog(run)}
      >
        <StatusShape
          shape={evidence.void ? "slash" : look.shape}
          hue={evidence.void ? "quiet" : look.hue}
          label={evidence.void ? "Void" : evidence.passed ? "Passed" : "Failed"}
        />
        <span className={evidence.void ? styles.void : undefined}>
          {name} <span className={styles.facts}>{facts.join(" · ")}</span>
        </span>
        {evidence.void && <span className={styles.why}>{evidence.void}</span>}
      </button>
    </Tooltip>
  );
}
