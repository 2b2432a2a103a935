/* The buttons that are possible now for a task, each saying what it does. Asks once before what destroys. */
import { type ReactNode, useState } from "react";
import type { ActionView } from "../ipc/bindings/ActionView";
import type { StageKind } from "../ipc/bindings/StageKind";
import type { TaskAction } from "../ipc/bindings/TaskAction";
import { actionLabel, actionLook, isDestructive } from "../lib/taskAction";
import { Button } from "./Button";
import { Confirm } from "./Dialog";
import { Tooltip } from "./Tooltip";

interface Props {
  actions: readonly ActionView[];
  testIdOf: (action: TaskAction) => string;
  /** Carries it out; the button is busy until it is done. */
  onAct: (action: TaskAction) => Promise<unknown>;
  /** Actions that are offered elsewhere in the same place. */
  without?: readonly TaskAction[];
  size?: "small" | "normal";
  /** All of them quiet, in a place with much else. */
  look?: "plain";
  /** The key of the nth button. */
  keyOf?: (index: number) => string | undefined;
  /** Where the task stands, for words that depend on it. */
  stage?: StageKind;
  /** What is said when one is asked about. */
  subject: string;
  children?: ReactNode;
}

export function TaskActions({
  actions,
  testIdOf,
  onAct,
  without = [],
  size,
  look: quiet,
  keyOf,
  subject,
  children,
  stage,
}: Props) {
  const [asked, setAsked] = useState<ActionView | null>(null);
  const [busy, setBusy] = useState<TaskAction | null>(null);
  const act = async (action: TaskAction) => {
    setBusy(action);
    await onAct(action);
    setBusy(null);
  };
  const shown = actions.filter((a) => !without.includes(a.action));
  return (
    <>
      {children}
      {shown.map((view, i) => {
        const { look } = actionLook[view.action];
        return (
          <Tooltip key={view.action} text={view.effect}>
            <Button
              size={size ?? "normal"}
              look={quiet ?? (look === "primary" && i > 0 ? "normal" : look)}
              busy={busy === view.action}
              keyHint={keyOf?.(i)}
              data-testid={testIdOf(view.action)}
              onClick={() => (isDestructive(view.action) ? setAsked(view) : void act(view.action))}
            >
              {actionLabel(view.action, stage)}
            </Button>
          </Tooltip>
        );
      })}
      <Confirm
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? `${actionLook[asked.action].label}: ${subject}?` : ""}
        verb={asked ? actionLook[asked.action].label : ""}
        danger
        onConfirm={() => {
          const view = asked;
          setAsked(null);
          if (view) void act(view.action);
        }}
      >
        {asked?.effect}
      </Confirm>
    </>
  );
}
