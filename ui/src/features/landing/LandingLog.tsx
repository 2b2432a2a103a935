// The log of a check of the merged tree, in a drawer.

import { LogDrawer } from "../../components/log/LogDrawer";
import { Elapsed } from "../../components/Time";
import type { RunView } from "../../ipc/bindings/RunView";
import { useRunLog } from "../../ipc/runLog";

export function LandingLog({
  run,
  view,
  onClose,
}: {
  run: string;
  view: RunView | undefined;
  onClose: () => void;
}) {
  const log = useRunLog(run, view?.live ?? false);
  const about = view && (
    <>
      <span className="mono">{view.command}</span> ·{" "}
      {view.live ? "running" : `exit ${view.code ?? view.outcome}`} ·{" "}
      <Elapsed from={view.started_ms} to={view.ended_ms} />
    </>
  );
  return <LogDrawer {...log} title={view?.name ?? "Log"} about={about} onClose={onClose} />;
}
