// What can be done, each saying what it will do. Approval is asked once: A, then Enter.

import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Confirm } from "../../components/Dialog";
import { StatusShape } from "../../components/StatusShape";
import { Tooltip } from "../../components/Tooltip";
import type { ActionView } from "../../ipc/bindings/ActionView";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import type { StageKind } from "../../ipc/bindings/StageKind";
import type { TaskAction } from "../../ipc/bindings/TaskAction";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { actionWords } from "../../ipc/taskActions";
import { useActions } from "../../lib/actions";
import type { Standing } from "../../lib/contenders";
import { count, shortId } from "../../lib/format";
import { testIds } from "../../testids";
import { fixable, type Reading, readingOf } from "./points";
import styles from "./Review.module.css";
import type { Comments } from "./useComments";

type FooterProps = {
  detail: TaskDetail;
  review: ReviewView;
  comments: Comments;
  /** The head that is shown, and the one the attempt has now. */
  shownHead: string | null;
  head: string | null;
  /** Whether it can be acted on, and what can be done with it. */
  standing: Standing;
  busy: TaskAction | null;
  onAction: (action: TaskAction) => void;
  onNewHead: () => void;
};

/** Stages in which an attempt rests, so that changes of it can be asked for. */
const RESTING: readonly StageKind[] = ["awaiting_approval", "queued", "needs_you"];

export function Footer(props: FooterProps) {
  const { detail, review, comments, shownHead, head, standing, busy, onAction, onNewHead } = props;
  const [asking, setAsking] = useState(false);
  const [destroying, setDestroying] = useState<ActionView | null>(null);
  const moved = shownHead !== null && head !== null && shownHead !== head;
  const { current, actions } = standing;
  const approve = actions.find(({ action }) => action === "approve");
  // Sending back has its own button, which counts the comments.
  const others = actions.filter(({ action }) => action !== "approve" && action !== "fix_again");
  const reading = readingOf(review);
  const sends = current && RESTING.includes(standing.stage.kind) ? sendsOf(review, comments.ready) : null;
  const canApprove = approve !== undefined && !moved && shownHead !== null;

  // What was asked about is gone.
  useEffect(() => {
    if (!canApprove) setAsking(false);
  }, [canApprove]);

  const choose = (view: ActionView) => {
    if (actionWords[view.action].destructive) setDestroying(view);
    else onAction(view.action);
  };
  useActions([
    {
      id: "review.approve",
      label: "Approve",
      group: "Review",
      key: "a",
      when: () => canApprove && !asking,
      run: () => setAsking(true),
    },
    {
      id: "review.requestChanges",
      label: sends?.label ?? "Request changes",
      group: "Review",
      key: "shift+c",
      when: () => sends !== null && !comments.sending,
      run: () => void comments.send(),
    },
    ...others.map((view) => ({
      id: `review.${view.action}`,
      label: `${actionWords[view.action].verb}${actionWords[view.action].destructive ? "…" : ""}`,
      group: "Review" as const,
      run: () => choose(view),
    })),
  ]);

  if (asking && approve) {
    return (
      <footer className={styles.footer} data-asking>
        <StatusShape shape="half" hue="ready" />
        <span className={styles.effect}>
          <b>Approve {shortId(shownHead ?? "")}?</b>{" "}
          {(standing.alone === undefined ? detail.landing_effect : null) ?? approve.effect}{" "}
          {reading.unread && <b className={styles.warn}>{unreadWords(reading)}</b>}
        </span>
        <Ask
          yes={() => {
            setAsking(false);
            onAction("approve");
          }}
          no={() => setAsking(false)}
        />
      </footer>
    );
  }
  return (
    <footer className={styles.footer}>
      {moved ? (
        <>
          <StatusShape shape="half" hue="ready" stale />
          <span className={styles.effect} role="alert">
            The head moved from <span className="mono">{shortId(shownHead)}</span> to{" "}
            <span className="mono">{shortId(head)}</span> while you were here. Nothing was approved.
          </span>
          <Button onClick={onNewHead} data-testid={testIds.reviewNewHead}>
            Review {shortId(head)}
          </Button>
        </>
      ) : (
        <span className={styles.effect}>
          {approve && reading.unread && <b className={styles.warn}>{unreadWords(reading)} </b>}
          {effectOf(detail, standing)}
        </span>
      )}
      {others.map((view) => (
        <Tooltip key={view.action} text={view.effect}>
          <Button
            look={view.action === "discard" || view.action === "cancel" ? "plain" : "normal"}
            busy={busy === view.action}
            data-testid={view.action === "discard" ? testIds.discard : testIds.action(view.action)}
            onClick={() => choose(view)}
          >
            {actionWords[view.action].verb}
            {actionWords[view.action].destructive && "…"}
          </Button>
        </Tooltip>
      ))}
      {sends && (
        <Tooltip text={sends.effect}>
          <Button
            look={canApprove && comments.ready === 0 ? "normal" : "primary"}
            keyHint="shift+c"
            busy={comments.sending}
            data-testid={testIds.requestChanges}
            onClick={() => void comments.send()}
          >
            {sends.label}
          </Button>
        </Tooltip>
      )}
      <Tooltip text={approve?.effect ?? "It can't be approved now."}>
        <Button
          look={canApprove && comments.ready === 0 ? "primary" : "normal"}
          keyHint="a"
          disabled={!canApprove}
          busy={busy === "approve"}
          data-testid={testIds.approve}
          onClick={() => setAsking(true)}
        >
          {approve && reading.unread ? "Approve unreviewed" : "Approve"}
        </Button>
      </Tooltip>
      <Confirm
        open={destroying !== null}
        onClose={() => setDestroying(null)}
        title={destroying ? `${actionWords[destroying.action].verb} ${detail.task.title}?` : ""}
        verb={destroying ? actionWords[destroying.action].verb : ""}
        danger
        onConfirm={() => {
          if (destroying) onAction(destroying.action);
          setDestroying(null);
        }}
      >
        {destroying?.effect}
      </Confirm>
    </footer>
  );
}

/** What would be sent to the fixer now; null when there is nothing. */
function sendsOf(review: ReviewView, comments: number): { label: string; effect: string } | null {
  const open = fixable(review);
  const parts = [
    comments > 0 ? count(comments, "comment") : null,
    open.findings > 0 ? count(open.findings, "open finding") : null,
    open.unmet > 0 ? count(open.unmet, "unmet requirement") : null,
  ].filter((part) => part !== null);
  if (comments === 0 && open.findings === 0) return null;
  const effect = `Sends ${parts.join(", ")} to the fixer; then the checks run and what changed is reviewed.`;
  return { label: comments > 0 ? `Request changes (${comments})` : "Send to the fixer again", effect };
}

/** What an approval has to say when no review holds for the head. */
function unreadWords({ word, why, struck }: Reading): string {
  if (struck) return "The review is void: this head is not reviewed.";
  return why === null ? `${word}.` : `${word}: not reviewed.`;
}

function effectOf(detail: TaskDetail, { current, stage, alone }: Standing): string {
  if (current && alone !== undefined)
    return stage.reason?.text ?? "One of several side by side: compare them, and adopt one.";
  if (!current) {
    const gone = detail.attempts.some((a) => a.adopted) ? "It was given up" : "An earlier attempt";
    return `${gone}: it is kept to be looked at.`;
  }
  if (detail.landing_effect) return detail.landing_effect;
  return detail.task.stage.reason?.text ?? detail.task.why_waiting ?? "";
}

function Ask({ yes, no }: { yes: () => void; no: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const back = (event: React.KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    no();
  };
  return (
    <>
      <Button look="plain" keyHint="escape" onClick={no} onKeyDown={back}>
        Cancel
      </Button>
      <Button
        ref={button}
        look="primary"
        keyHint="enter"
        data-testid={testIds.confirmYes}
        onClick={yes}
        onKeyDown={back}
      >
        Approve
      </Button>
    </>
  );
}
