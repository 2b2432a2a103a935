// What reviewers and persons found, by severity: each with its place, why, how to verify it, and how it stands.

import { Code } from "../../components/Code";
import { SafeText } from "../../components/diff/LineText";
import { Segmented } from "../../components/Segmented";
import { StatusShape } from "../../components/StatusShape";
import { TextLines } from "../../components/TextLines";
import type { FindingView } from "../../ipc/bindings/FindingView";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import { cx } from "../../lib/cx";
import { testIds } from "../../testids";
import { PlaceLink, type Places } from "./PlaceLink";
import styles from "./Points.module.css";
import {
  type FindingFilter,
  findingLook,
  grouped,
  kindWord,
  type Point,
  placeOfPoint,
  severityHue,
  severityWord,
  stateCounts,
} from "./points";
import { useCurrent } from "./Requirements";
import type { Points } from "./usePoints";
import { WaiveButton, WaiveForm } from "./WaiveForm";

type FindingListProps = { review: ReviewView; points: Points; places: Places };

export function FindingList({ review, points, places }: FindingListProps) {
  const { findings } = review;
  if (findings.length === 0) return null;
  const groups = grouped(findings, points.filter);
  return (
    <section aria-label="Findings">
      <h3 className={styles.heading}>
        Findings<span>{stateCounts(findings)}</span>
      </h3>
      <div className={styles.filter}>
        <Segmented<FindingFilter>
          label="Which findings are listed"
          value={points.filter}
          onChange={points.setFilter}
          options={[
            { id: "open", label: "Open", testId: testIds.findingFilter("open") },
            { id: "all", label: "All", testId: testIds.findingFilter("all") },
          ]}
        />
      </div>
      {groups.length === 0 && <p className={styles.none}>Nothing is open.</p>}
      {groups.map((group) => (
        <div key={group.severity}>
          <h4 className={cx(styles.severity, styles[severityHue[group.severity]])}>
            {severityWord[group.severity]}
            <span>{group.findings.length}</span>
          </h4>
          <ol>
            {group.findings.map((finding) => (
              <Finding key={finding.id} finding={finding} review={review} points={points} places={places} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

type FindingProps = { finding: FindingView; review: ReviewView; points: Points; places: Places };

function Finding({ finding, review, points, places }: FindingProps) {
  const point: Point = { kind: "finding", id: finding.id };
  const look = findingLook(finding);
  const place = placeOfPoint(point, review);
  const at = points.isAt(point);
  const row = useCurrent(at);
  return (
    <li
      ref={row}
      className={cx(styles.row, at && styles.at, finding.state !== "open" && styles.settled)}
      data-testid={testIds.finding(finding.id)}
      data-state={finding.state}
    >
      <StatusShape shape={look.shape} hue={look.hue} label={look.word} />
      <div className={styles.body}>
        <div className={cx(styles.text, !at && styles.clamped)} data-selectable>
          <TextLines text={finding.why} />
        </div>
        <div className={styles.facts}>
          <span className={styles[look.hue]}>{look.word.toLowerCase()}</span>
          <span>{kindWord[finding.kind]}</span>
          {place && <PlaceLink place={place} places={places} />}
          <span>{saidBy(finding)}</span>
          {finding.seen > 1 && <span>seen {finding.seen} times</span>}
          {points.isWaivable(point) && !points.isWaiving(point) && (
            <WaiveButton what={`finding ${finding.id}`} onClick={() => points.startWaiving(point)} />
          )}
        </div>
        {finding.waived !== null && (
          <div className={styles.why} data-selectable>
            Waived: <Code text={finding.waived} />
          </div>
        )}
        {finding.state === "open" && finding.verify !== "" && (
          <div className={cx(styles.why, !at && styles.clamped)} data-selectable>
            verify: <SafeText text={finding.verify} />
          </div>
        )}
        {points.isWaiving(point) && (
          <WaiveForm
            what={`finding ${finding.id}`}
            onWaive={(reason) => points.waive(point, reason)}
            onClose={points.stopWaiving}
          />
        )}
      </div>
    </li>
  );
}

/** "codex", "You, after round 2". */
export function saidBy({ by, round }: Pick<FindingView, "by" | "round">): string {
  const who = by ?? "You";
  return round > 0 ? `${who}, after round ${round}` : who;
}
