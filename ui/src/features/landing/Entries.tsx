// One task in the lane: under test, waiting for its turn, or held with what a person can do.

import { useState } from "react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { Confirm } from "../../components/Dialog";
import { SafeText } from "../../components/diff/LineText";
import { StatusShape } from "../../components/StatusShape";
import { Ago, Elapsed } from "../../components/Time";
import { Tooltip } from "../../components/Tooltip";
import { toastError } from "../../components/toast";
import type { ActionView } from "../../ipc/bindings/ActionView";
import type { LandingEntry } from "../../ipc/bindings/LandingEntry";
import type { RunView } from "../../ipc/bindings/RunView";
import { useTask } from "../../ipc/queries";
import { request } from "../../ipc/request";
import { actionWords, requestOf } from "../../ipc/taskActions";
import { useDesk } from "../../lib/desk";
import { duration, shortId } from "../../lib/format";
import { stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import styles from "./Landing.module.css";
import { candidateEvidence, failedFor, runningFor } from "./lane";

type EntryProps = {
  entry: LandingEntry;
  /** What reviewers said of it, in a sentence. */
  review: string | undefined;
  onOpen: () => void;
};

function Title({ entry, review, onOpen }: EntryProps) {
  return (
    <>
      <button type="button" className={styles.name} onClick={onOpen}>
        <SafeText text={entry.title} />
      </button>
      <CopyId id={entry.head} />
      {review && <span className="quiet">{review}</span>}
    </>
  );
}

export function Entry({ review, entry, place, onOpen }: EntryProps & { place: number }) {
  const look = stageLook[entry.stage.kind];
  return (
    <li className={styles.entry} data-testid={testIds.landingEntry(entry.task)}>
      <StatusShape shape={look.shape} hue="quiet" label={look.name} />
      <span className={styles.place}>{place}</span>
      <Title entry={entry} review={review} onOpen={onOpen} />
      <span className={styles.space} />
      <span className="quiet">
        {entry.stage.word} · approved <Ago at={entry.since_ms} />
      </span>
    </li>
  );
}

type NowEntryProps = EntryProps & {
  target: string;
  runs: readonly RunView[];
  onLog: (run: string) => void;
};

export function NowEntry({ review, entry, target, runs, onOpen, onLog }: NowEntryProps) {
  const running = runningFor(entry, runs);
  return (
    <li className={styles.now} data-testid={testIds.landingEntry(entry.task)}>
      <div className={styles.entry}>
        <StatusShape shape="ring3" hue="work" label="Tested now" />
        <Title entry={entry} review={review} onOpen={onOpen} />
        <span className={styles.space} />
        <span className={styles.word}>{entry.stage.word}</span>
        <span className="quiet">
          <Elapsed from={entry.since_ms} />
        </span>
      </div>
      <div className={styles.detail}>
        <span>
          {entry.candidate ? (
            <>
              Merge candidate <CopyId id={entry.candidate} />
              {entry.onto && (
                <>
                  {" "}
                  on {target} <CopyId id={entry.onto} />
                </>
              )}
            </>
          ) : (
            `The merge with ${target} is being built.`
          )}
        </span>
        {candidateEvidence(entry).map((one) => (
          <button
            key={`${one.check} ${one.at_ms}`}
            type="button"
            className={styles.check}
            disabled={!one.run}
            data-testid={testIds.evidenceMerged(one.check)}
            onClick={() => one.run && onLog(one.run)}
          >
            <StatusShape
              shape={one.passed ? "check" : "cross"}
              hue={one.passed ? "land" : "fail"}
              label={one.passed ? "Passed" : "Failed"}
            />
            {one.check}
            <span className="quiet">{one.reused ? "same tree as before" : duration(one.duration_ms)}</span>
          </button>
        ))}
        {running && (
          <button
            type="button"
            className={styles.check}
            data-testid={testIds.log(running.id)}
            onClick={() => onLog(running.id)}
          >
            <StatusShape shape="ring2" hue="work" label="Running" />
            {running.name}
            <span className="quiet">
              <Elapsed from={running.started_ms} /> · log
            </span>
          </button>
        )}
      </div>
    </li>
  );
}

type HeldEntryProps = EntryProps & { plan: string; onLog: (run: string) => void };

export function HeldEntry({ review, plan, entry, onOpen, onLog }: HeldEntryProps) {
  const [asked, setAsked] = useState<ActionView | null>(null);
  const detail = useTask(plan, entry.task).data;
  const failed = failedFor(entry);
  const { reason } = entry.stage;
  const act = ({ action }: ActionView) => {
    const about = { plan, task: entry.task, attempt: entry.attempt, head: entry.head };
    const run =
      detail?.attempts.find((a) => a.number === entry.attempt)?.runs.find((one) => one.live)?.id ?? null;
    const wanted = requestOf(action, { ...about, run });
    if (!wanted) return;
    request(wanted)
      .then((answer: unknown) => {
        if (action === "open_shell") useDesk.getState().showRun((answer as RunView).id);
      })
      .catch(toastError);
  };
  const actions = detail?.actions ?? [];
  return (
    <li className={styles.held} data-testid={testIds.landingEntry(entry.task)}>
      <div className={styles.entry}>
        <StatusShape shape="diamond" hue="need" label="Held" />
        <Title entry={entry} review={review} onOpen={onOpen} />
        <span className={styles.space} />
        <span className="quiet">
          held <Ago at={entry.since_ms} />
        </span>
      </div>
      <div className={styles.detail}>
        <span className={styles.reason} data-selectable>
          {reason?.text ?? entry.stage.word}
        </span>
        {reason?.paths.slice(0, 8).map((path) => (
          <span key={path} className={styles.path} data-selectable>
            <SafeText text={path} />
          </span>
        ))}
        {failed && (
          <button
            type="button"
            className={styles.check}
            disabled={!failed.run}
            data-testid={testIds.evidenceMerged(failed.check)}
            onClick={() => failed.run && onLog(failed.run)}
          >
            <StatusShape shape="cross" hue="fail" label="Failed" />
            {failed.check} on {shortId(failed.head)}
            <span className="quiet">exit {failed.code ?? "unknown"} · log</span>
          </button>
        )}
      </div>
      {actions.length > 0 && (
        <div className={styles.actions}>
          {actions.map((view) => (
            <Tooltip key={view.action} text={view.effect}>
              <Button
                size="small"
                look={
                  view.action === "retry_landing"
                    ? "primary"
                    : actionWords[view.action].destructive
                      ? "plain"
                      : "normal"
                }
                data-testid={testIds.action(view.action)}
                onClick={() => (actionWords[view.action].destructive ? setAsked(view) : act(view))}
              >
                {actionWords[view.action].verb}
                {actionWords[view.action].destructive && "…"}
              </Button>
            </Tooltip>
          ))}
        </div>
      )}
      <Confirm
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? `${actionWords[asked.action].verb} ${entry.title}?` : ""}
        verb={asked ? actionWords[asked.action].verb : ""}
        danger
        onConfirm={() => {
          if (asked) act(asked);
          setAsked(null);
        }}
      >
        {asked?.effect}
      </Confirm>
    </li>
  );
}
