// What was asked, requirement by requirement: the verdict on each, and what it rests on.

import { useEffect, useRef } from "react";
import { Code } from "../../components/Code";
import { StatusShape } from "../../components/StatusShape";
import { TextLines } from "../../components/TextLines";
import type { RequirementView } from "../../ipc/bindings/RequirementView";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import { cx } from "../../lib/cx";
import { verdictLook } from "../../lib/verdict";
import { testIds } from "../../testids";
import { PlaceLink, type Places } from "./PlaceLink";
import styles from "./Points.module.css";
import type { Point } from "./points";
import type { Points } from "./usePoints";
import { WaiveButton, WaiveForm } from "./WaiveForm";

type RequirementsProps = { review: ReviewView; spec: string; points: Points; places: Places };

export function Requirements({ review, spec, points, places }: RequirementsProps) {
  const { requirements, last } = review;
  const met = requirements.filter((r) => r.status === "met").length;
  const judged = last !== null && last.failed === null;
  return (
    <section aria-label="Requirements">
      <h3 className={styles.heading}>
        Requirements
        {requirements.length > 0 && (
          <span>{judged ? `${met} of ${requirements.length} met` : "not reviewed"}</span>
        )}
      </h3>
      {requirements.length === 0 && (
        <p className={styles.none}>The spec has no numbered requirements. Read it before you approve.</p>
      )}
      <ol>
        {requirements.map((requirement) => (
          <Requirement
            key={requirement.id}
            requirement={requirement}
            reviewed={judged}
            points={points}
            places={places}
          />
        ))}
      </ol>
      {requirements.length === 0 && spec.trim() !== "" && (
        <div className={styles.spec} data-selectable>
          <TextLines text={spec} />
        </div>
      )}
    </section>
  );
}

type RequirementProps = {
  requirement: RequirementView;
  reviewed: boolean;
  points: Points;
  places: Places;
};

function Requirement({ requirement, reviewed, points, places }: RequirementProps) {
  const point: Point = { kind: "requirement", id: requirement.id };
  const look = verdictLook(requirement);
  const word = reviewed || requirement.status !== null ? look.word : "Not reviewed";
  const waivable = points.isWaivable(point);
  const row = useCurrent(points.isAt(point));
  return (
    <li
      ref={row}
      className={cx(styles.row, points.isAt(point) && styles.at)}
      data-testid={testIds.requirement(requirement.id)}
      data-status={requirement.status ?? "none"}
    >
      <StatusShape shape={look.shape} hue={look.hue} label={word} />
      <div className={styles.body}>
        <div className={styles.asked} data-selectable>
          <span className="quiet">{requirement.id}</span>{" "}
          <span className={styles.text}>
            <Code text={requirement.text} />
          </span>
        </div>
        <div className={styles.facts}>
          <span className={styles[look.hue]}>{word}</span>
          {requirement.waived !== null && (
            <span data-selectable>
              {requirement.status !== "met" && requirement.status !== null && `${requirement.status}, `}
              because: <Code text={requirement.waived} />
            </span>
          )}
          {requirement.evidence.map(({ file, line, why }, i) => (
            <PlaceLink
              // biome-ignore lint/suspicious/noArrayIndexKey: two pieces of evidence may name one line
              key={i}
              place={{ file, line, end: null }}
              why={why}
              places={places}
            />
          ))}
          {waivable && !points.isWaiving(point) && (
            <WaiveButton what={`requirement ${requirement.id}`} onClick={() => points.startWaiving(point)} />
          )}
        </div>
        {requirement.status !== "met" && requirement.evidence[0] && (
          <div className={styles.why} data-selectable>
            <Code text={requirement.evidence[0].why} />
          </div>
        )}
        {points.isWaiving(point) && (
          <WaiveForm
            what={`requirement ${requirement.id}`}
            onWaive={(reason) => points.waive(point, reason)}
            onClose={points.stopWaiving}
          />
        )}
      </div>
    </li>
  );
}

/** Keeps the row that keys have come to in sight. */
export function useCurrent(current: boolean) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return row;
}
