// The dock: tabs of a plan's runs, and one terminal, two beside each other, or the wall of all that live.
// A terminal that is not seen has no emulator; coming back attaches again and replays.

import { ChevronDown, Columns2, LayoutGrid, MoreHorizontal } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { Button, IconButton } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Menu } from "../../components/Menu";
import { StatusShape } from "../../components/StatusShape";
import type { AgentSpec } from "../../ipc/bindings/AgentSpec";
import type { RunView } from "../../ipc/bindings/RunView";
import type { TaskView } from "../../ipc/bindings/TaskView";
import { usePlan, useRuns } from "../../ipc/queries";
import { useActions } from "../../lib/actions";
import { stageAt } from "../../lib/contenders";
import { cx } from "../../lib/cx";
import { useDesk } from "../../lib/desk";
import type { Hue, Shape } from "../../lib/stage";
import { testIds } from "../../testids";
import { useDock } from "./dock";
import { Pane } from "./Pane";
import styles from "./Terminals.module.css";
import { endWord, firstShown, tabRow } from "./tabs";
import { Wall } from "./Wall";

const NO_RUNS: RunView[] = [];
const NO_AGENTS: AgentSpec[] = [];

export function Dock({ plan }: { plan: string }) {
  const runsQuery = useRuns(plan);
  const planQuery = usePlan(plan);
  const runs = runsQuery.data ?? NO_RUNS;
  const tasks = useMemo(
    () => new Map((planQuery.data?.tasks ?? []).map((task) => [task.id, task])),
    [planQuery.data],
  );
  const dock = useDock();
  const setDesk = useDesk((desk) => desk.set);
  const asked = useDesk((desk) => desk.shownRunAsked);

  // Another part of the page asked for a run.
  useEffect(() => {
    const run = useDesk.getState().shownRun;
    if (asked > 0 && run) useDock.getState().show(plan, run);
  }, [asked, plan]);

  const byId = (id: string | undefined) => runs.find((run) => run.id === id);
  const first = byId(dock.first[plan]) ?? firstShown(runs);
  const second =
    dock.mode === "split"
      ? (byId(dock.second[plan]) ?? runs.find((run) => run !== first && run.live) ?? null)
      : null;
  const { tabs, older } = tabRow(runs, [first?.id ?? null, second?.id ?? null]);
  const living = tabs.filter((run) => run.live);
  const mode = dock.mode === "wall" && living.length === 0 ? "one" : dock.mode;
  const current = dock.pane === "second" && second ? second : first;
  const show = (run: string) => {
    dock.show(plan, run);
  };
  const step = (by: number) => {
    const at = tabs.findIndex((run) => run.id === current?.id);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next) show(next.id);
  };

  useActions([
    {
      id: "dock.next",
      label: "Next terminal",
      group: "Terminal",
      key: "mod+pagedown",
      everywhere: true,
      when: () => tabs.length > 1,
      run: () => step(1),
    },
    {
      id: "dock.previous",
      label: "Previous terminal",
      group: "Terminal",
      key: "mod+pageup",
      everywhere: true,
      when: () => tabs.length > 1,
      run: () => step(-1),
    },
    {
      id: "dock.split",
      label: mode === "split" ? "Show one terminal" : "Split the terminals",
      group: "Terminal",
      run: () => dock.setMode(mode === "split" ? "one" : "split"),
    },
    {
      id: "dock.wall",
      label: mode === "wall" ? "Leave the wall" : "Show all agents on a wall",
      group: "Terminal",
      when: () => living.length > 0,
      run: () => dock.setMode(mode === "wall" ? "one" : "wall"),
    },
  ]);

  const body = () => {
    if (runsQuery.isError)
      return <ErrorNote problem={runsQuery.error} onRetry={() => void runsQuery.refetch()} />;
    if (runsQuery.isPending) return null;
    if (!first) {
      return (
        <EmptyState title="No terminals yet">
          Press Run: every agent, set-up and check gets a terminal here, and what it printed stays readable.
        </EmptyState>
      );
    }
    if (mode === "wall") return <Wall runs={living} tasks={tasks} onOpen={show} />;
    const half = (run: RunView, where: "first" | "second") => (
      <Pane
        key={`${where} ${run.id}`}
        run={run}
        task={tasks.get(run.task)}
        agents={planQuery.data?.agents ?? NO_AGENTS}
        active={current?.id === run.id}
        onFocus={() => dock.focusPane(where)}
        onShow={show}
        onClose={
          mode === "split"
            ? () => dock.keep(plan, (where === "first" ? second : first)?.id ?? run.id)
            : undefined
        }
      />
    );
    return (
      <div className={styles.panes}>
        {half(first, "first")}
        {mode === "split" &&
          (second && second.id !== first.id ? (
            half(second, "second")
          ) : (
            <div className={styles.vacant}>
              <EmptyState title="Nothing here yet">Choose a tab: it opens in this half.</EmptyState>
            </div>
          ))}
      </div>
    );
  };

  return (
    <section className={styles.dock} aria-label="Terminals" data-testid={testIds.dock}>
      <div className={styles.tabs}>
        <div className={styles.strip} role="tablist" aria-label="Terminals">
          {tabs.map((run) => (
            <DockTab
              key={run.id}
              run={run}
              task={tasks.get(run.task)}
              selected={mode !== "wall" && run.id === current?.id}
              shown={mode !== "wall" && (run.id === first?.id || run.id === second?.id)}
              onChoose={() => show(run.id)}
              onStep={step}
            />
          ))}
        </div>
        {older.length > 0 && (
          <Menu
            align="end"
            trigger={
              <Button size="small" look="plain" icon={<MoreHorizontal size={14} />}>
                {older.length} older
              </Button>
            }
            entries={older.slice(0, 60).map((run) => ({
              id: run.id,
              label: `${tasks.get(run.task)?.title ?? run.task} · ${run.name}`,
              icon: <StatusShape {...endLook(run)} />,
              note: endWord(run),
              run: () => show(run.id),
            }))}
          />
        )}
        <span className={styles.space} />
        <Button
          size="small"
          look="plain"
          icon={<Columns2 size={14} />}
          aria-pressed={mode === "split"}
          onClick={() => dock.setMode(mode === "split" ? "one" : "split")}
        >
          Split
        </Button>
        <Button
          size="small"
          look="plain"
          icon={<LayoutGrid size={14} />}
          aria-pressed={mode === "wall"}
          disabled={living.length === 0}
          onClick={() => dock.setMode(mode === "wall" ? "one" : "wall")}
        >
          Wall
        </Button>
        <IconButton
          size="small"
          icon={<ChevronDown size={14} />}
          label="Collapse the terminals"
          onClick={() => setDesk({ dockOpen: false })}
        />
      </div>
      <div className={styles.body}>{body()}</div>
    </section>
  );
}

function endLook(run: RunView): { shape: Shape; hue: Hue } {
  if (run.live) return { shape: "ring2", hue: "work" };
  if (run.code === 0 && run.outcome === "exited") return { shape: "check", hue: "land" };
  if (run.outcome === "ended") return { shape: "slash", hue: "quiet" };
  return { shape: "cross", hue: "fail" };
}

type DockTabProps = {
  run: RunView;
  task: TaskView | undefined;
  selected: boolean;
  shown: boolean;
  onChoose: () => void;
  onStep: (by: number) => void;
};

function DockTab({ run, task, selected, shown, onChoose, onStep }: DockTabProps) {
  const needsYou = run.live && task && stageAt(task, run.attempt).kind === "needs_you";
  const look = needsYou ? ({ shape: "diamond", hue: "need" } as const) : endLook(run);
  const word = endWord(run);
  const tab = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (selected) tab.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected]);
  return (
    <button
      ref={tab}
      type="button"
      role="tab"
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      className={cx(styles.tab, shown && styles.shown)}
      data-testid={testIds.dockTab(run.id)}
      data-task={run.task}
      data-live={run.live ? run.kind : undefined}
      title={`${run.command}${word ? ` · ${word}` : ""}`}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") onStep(1);
        else if (event.key === "ArrowLeft") onStep(-1);
      }}
    >
      <StatusShape
        shape={look.shape}
        hue={look.hue}
        label={needsYou ? "Needs you" : run.live ? "Living" : word}
      />
      <span className={styles.tabText}>
        {task?.title ?? run.task} · {run.name}
      </span>
      {!run.live && run.code !== 0 && <span className={styles.tabEnd}>{word}</span>}
    </button>
  );
}
