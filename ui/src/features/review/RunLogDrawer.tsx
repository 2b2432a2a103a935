// The log of one run of the attempt, in a drawer.

import { SquareTerminal } from "lucide-react";
import { Button } from "../../components/Button";
import { LogDrawer } from "../../components/log/LogDrawer";
import { Elapsed } from "../../components/Time";
import type { RunView } from "../../ipc/bindings/RunView";
import { useRunLog } from "../../ipc/runLog";

type RunLogDrawerProps = {
  run: string;
  view: RunView | undefined;
  onTerminal: (run: string) => void;
  onClose: () => void;
};

export function RunLogDrawer({ run, view, onTerminal, onClose }: RunLogDrawerProps) {
  const log = useRunLog(run, view?.live ?? false);
  return (
    <LogDrawer
      {...log}
      title={view?.name ?? "Log"}
      about={
        view && (
          <>
            <span className="mono">{view.command}</span> ·{" "}
            {view.live ? "running" : view.code === null ? (view.detail ?? view.outcome) : `exit ${view.code}`}{" "}
            · <Elapsed from={view.started_ms} to={view.ended_ms} />
          </>
        )
      }
      actions={
        <Button size="small" look="plain" icon={<SquareTerminal size={14} />} onClick={() => onTerminal(run)}>
          Show terminal
        </Button>
      }
      onClose={onClose}
    />
  );
}
