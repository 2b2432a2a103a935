// The newest review as a piece of evidence: bound to its commits, struck through when they moved, and how far the
// fixing has come.

import { SafeText } from "../../components/diff/LineText";
import { StatusShape } from "../../components/StatusShape";
import { Tooltip } from "../../components/Tooltip";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import { exactTime } from "../../lib/format";
import { testIds } from "../../testids";
import { readingOf } from "./points";
import styles from "./Review.module.css";

interface Props {
  review: ReviewView;
  /** A fixer works now. */
  fixing: boolean;
  onNext: () => void;
}

export function Verdict({ review, fixing, onNext }: Props) {
  const reading = readingOf(review);
  const { last, rounds, most_rounds } = review;
  const told = (
    <span className={styles.told}>
      {last ? (
        <>
          <span>Reviewed {exactTime(last.at_ms)}</span>
          {last.void && <span>Void: {last.void}</span>}
          {last.failed && <span>A review that can't be read never passes.</span>}
          <span>Click for the next open point</span>
        </>
      ) : (
        <span>No reviewer has read this against the spec.</span>
      )}
    </span>
  );
  return (
    <>
      <Tooltip text={told}>
        <button
          type="button"
          className={styles.chip}
          data-testid={testIds.verdict}
          data-verdict={last?.verdict ?? "none"}
          data-void={reading.struck || undefined}
          onClick={onNext}
        >
          <StatusShape shape={reading.shape} hue={reading.hue} />
          <span className={reading.struck ? styles.void : undefined}>
            <span data-hue={reading.struck ? undefined : reading.hue}>{reading.word}</span>{" "}
            <span className={styles.facts}>{reading.facts}</span>
          </span>
          {reading.why && (
            <span className={styles.why} title={reading.why}>
              <SafeText text={reading.why} />
            </span>
          )}
        </button>
      </Tooltip>
      {rounds > 0 && (
        <span className={styles.chip} data-testid={testIds.rounds}>
          {fixing ? (
            <StatusShape shape="ring2" hue={rounds >= most_rounds ? "need" : "work"} />
          ) : (
            <StatusShape shape="circle" hue="quiet" />
          )}
          {most_rounds > 0 ? `Fix round ${rounds} of ${most_rounds}` : `Fix round ${rounds}`}
        </span>
      )}
    </>
  );
}
