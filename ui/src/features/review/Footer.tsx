// What can be done, each saying what it will do. Approval is asked once: A, then Enter.

import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Confirm } from "../../components/Dialog";
import { StatusShape } from "../../components/StatusShape";
import { Tooltip } from "../../components/Tooltip";
import type { ActionView } from "../../ipc/bindings/ActionView";
import type { TaskAction } from "../../ipc/bindings/TaskAction";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { actionWords } from "../../ipc/taskActions";
import { useActions } from "../../lib/actions";
import { shortId } from "../../lib/format";
import { testIds } from "../../testids";
import styles from "./Review.module.css";

type FooterProps = {
  detail: TaskDetail;
  /** The head that is shown, and the one the attempt has now. */
  shownHead: string | null;
  head: string | null;
  /** Only the newest attempt can be acted on. */
  current: boolean;
  busy: TaskAction | null;
  onAction: (action: TaskAction) => void;
  onNewHead: () => void;
};

const KEYS: Partial<Record<TaskAction, string>> = { approve: "a" };

export function Footer({ detail, shownHead, head, current, busy, onAction, onNewHead }: FooterProps) {
  const [asking, setAsking] = useState(false);
  const [destroying, setDestroying] = useState<ActionView | null>(null);
  const moved = shownHead !== null && head !== null && shownHead !== head;
  const actions = current ? detail.actions : [];
  const approve = actions.find(({ action }) => action === "approve");
  const others = actions.filter(({ action }) => action !== "approve");
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
          <b>Approve {shortId(shownHead ?? "")}?</b> {detail.landing_effect ?? approve.effect}
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
          <Button onClick={onNewHead}>Review {shortId(head)}</Button>
        </>
      ) : (
        <span className={styles.effect}>{effectOf(detail, current)}</span>
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
      <Tooltip text={approve?.effect ?? "It can't be approved now."}>
        <Button
          look="primary"
          keyHint={KEYS.approve}
          disabled={!canApprove}
          busy={busy === "approve"}
          data-testid={testIds.approve}
          onClick={() => setAsking(true)}
        >
          Approve
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

function effectOf(detail: TaskDetail, current: boolean): string {
  if (!current) return "An earlier attempt: it is kept to be looked at.";
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
