// All living runs at once, small: the last lines of each as text, no emulators.

import { useQuery } from "@tanstack/react-query";
import { StatusShape } from "../../components/StatusShape";
import { Elapsed } from "../../components/Time";
import type { RunView } from "../../ipc/bindings/RunView";
import type { TaskView } from "../../ipc/bindings/TaskView";
import { keys } from "../../ipc/keys";
import { useLatestLine } from "../../ipc/live";
import { request } from "../../ipc/request";
import { stageAt } from "../../lib/contenders";
import { stageLook } from "../../lib/stage";
import { lastLines } from "./lines";
import styles from "./Terminals.module.css";

/** How much of a log a tile reads, in bytes, and how often while it is looked at, in milliseconds. */
const TAIL = 4096;
const EVERY = 1500;
const LINES = 9;

type WallProps = {
  runs: readonly RunView[];
  tasks: ReadonlyMap<string, TaskView>;
  onOpen: (run: string) => void;
};

export function Wall({ runs, tasks, onOpen }: WallProps) {
  return (
    <ul className={styles.wall} aria-label="All living terminals">
      {runs.map((run) => (
        <Tile key={run.id} run={run} task={tasks.get(run.task)} onOpen={onOpen} />
      ))}
    </ul>
  );
}

function Tile({
  run,
  task,
  onOpen,
}: {
  run: RunView;
  task: TaskView | undefined;
  onOpen: (run: string) => void;
}) {
  const latest = useLatestLine(run.plan, run.task);
  const { data } = useQuery({
    queryKey: keys.runLogTail(run.id, TAIL),
    queryFn: () => request({ type: "run_log", run: run.id, tail_bytes: TAIL }),
    refetchInterval: EVERY,
  });
  const look = stageLook[task ? stageAt(task, run.attempt).kind : "implementing"];
  const lines = lastLines(data ?? latest ?? "", LINES);
  return (
    <li>
      <button type="button" className={styles.tile} onClick={() => onOpen(run.id)}>
        <span className={styles.tileHead}>
          <StatusShape shape={look.shape} hue={look.hue} label={look.name} />
          <b>{task?.title ?? run.task}</b>
          <span className="quiet">{run.name}</span>
          <span className={styles.space} />
          <span className="quiet">
            <Elapsed from={run.started_ms} to={run.ended_ms} />
          </span>
        </span>
        <span className={styles.tileText}>{lines.length > 0 ? lines.join("\n") : "No output yet"}</span>
      </button>
    </li>
  );
}
