/*
 * The plan as a tree-table: the same data as the graph, fully usable by keyboard and screen reader. One row has the
 * focus; up and down move it, left and right close, open and climb, Enter opens the task, F2 renames, N adds.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../../components/Button";
import { EmptyState } from "../../../components/EmptyState";
import { StatusShape } from "../../../components/StatusShape";
import { Elapsed } from "../../../components/Time";
import { toast } from "../../../components/toast";
import { ask, edit } from "../../../ipc/ask";
import type { PlanView } from "../../../ipc/bindings/PlanView";
import type { TaskView } from "../../../ipc/bindings/TaskView";
import { runAction, useActions } from "../../../lib/actions";
import { agentsWord, contendersTold, isContested } from "../../../lib/contenders";
import { cx } from "../../../lib/cx";
import { duration } from "../../../lib/format";
import { type InspectorTab, navigate } from "../../../lib/route";
import { reviewMatters, stageLook } from "../../../lib/stage";
import { testIds } from "../../../testids";
import { useLit } from "../canvas/lit";
import { newTask, removal } from "../edits";
import { keeps } from "../keeps";
import { TitleInput } from "../TitleInput";
import styles from "./outline.module.css";
import { type Row, rowsOf } from "./rows";

interface Props {
  plan: PlanView;
  task: string | null;
  tab: InspectorTab;
  filter: string;
}

const rowHeight = 30;
const columns = ["Task", "State", "After", "Agent", "Estimate", "Time", "Lines"];

export function Outline({ plan, task, tab, filter }: Props) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [adding, setAdding] = useState<{ after: string | null } | null>(null);
  const renaming = useLit((l) => l.renaming);
  const rows = useMemo(
    () => rowsOf(plan.tasks, closed, (t) => filter.trim() === "" || keeps(t, filter.trim())),
    [plan.tasks, closed, filter],
  );
  const titles = useMemo(() => new Map(plan.tasks.map((t) => [t.id, t.title])), [plan.tasks]);
  const scroll = useRef<HTMLDivElement>(null);
  const focused = rows.find((r) => r.task.id === task) ?? rows[0];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (i) => rows[i]?.task.id ?? i,
  });

  const select = (id: string | null) =>
    navigate({ at: "plan", plan: plan.id, view: "outline", task: id, tab }, "replace");
  const toggle = (id: string, open: boolean) =>
    setClosed((old) => {
      const next = new Set(old);
      if (open) next.delete(id);
      else next.add(id);
      return next;
    });
  const focusRow = (id: string) => {
    select(id);
    const i = rows.findIndex((r) => r.task.id === id);
    if (i >= 0) virtual.scrollToIndex(i);
    requestAnimationFrame(() => {
      scroll.current?.querySelector<HTMLElement>(`[data-task="${CSS.escape(id)}"]`)?.focus();
    });
  };

  const remove = async () => {
    if (!focused) return;
    const i = rows.indexOf(focused);
    const next = rows[i + 1] ?? rows[i - 1];
    const change = removal([focused.task.id], []);
    if (!change || (await edit(plan.id, change)) === null) return;
    if (next) focusRow(next.task.id);
    else select(null);
    toast({
      tone: "quiet",
      message: `Removed “${focused.task.title}”.`,
      action: { label: "Undo", run: () => void ask({ type: "undo", plan: plan.id }) },
    });
  };

  useActions([
    {
      id: "task.new",
      label: task ? "New task after this one" : "New task",
      group: "Plan",
      key: "n",
      run: () => setAdding({ after: task }),
    },
    {
      id: "task.rename",
      label: "Rename task",
      group: "Plan",
      key: "f2",
      when: () => focused !== undefined,
      run: () => useLit.setState({ renaming: focused?.task.id ?? null }),
    },
    {
      id: "task.delete",
      label: "Remove task",
      group: "Plan",
      key: "delete backspace",
      when: () => task !== null,
      run: () => void remove(),
    },
  ]);

  useEffect(() => {
    const i = rows.findIndex((r) => r.task.id === task);
    if (i >= 0) virtual.scrollToIndex(i, { align: "auto" });
  }, [task, rows, virtual]);

  const pressed = (e: React.KeyboardEvent) => {
    if (e.target instanceof HTMLInputElement || !focused || e.ctrlKey || e.metaKey || e.altKey) return;
    const i = rows.indexOf(focused);
    const to = (row: Row | undefined) => row && focusRow(row.task.id);
    const isOpen = focused.children > 0 && !closed.has(focused.task.id);
    const move = (): (() => void) | null => {
      switch (e.key) {
        case "ArrowDown":
        case "j":
          return () => to(rows[i + 1]);
        case "ArrowUp":
        case "k":
          return () => to(rows[i - 1]);
        case "Home":
          return () => to(rows[0]);
        case "End":
          return () => to(rows.at(-1));
        case "PageDown":
          return () => to(rows[Math.min(rows.length - 1, i + 12)]);
        case "PageUp":
          return () => to(rows[Math.max(0, i - 12)]);
        case "ArrowRight":
          if (focused.children > 0 && !isOpen) return () => toggle(focused.task.id, true);
          return isOpen ? () => to(rows[i + 1]) : null;
        case "ArrowLeft":
          if (isOpen) return () => toggle(focused.task.id, false);
          return () => to(rows.find((r) => r.task.id === focused.parent));
        case "Enter":
          return () => {
            select(focused.task.id);
            document
              .querySelector<HTMLElement>("[data-testid='inspector'] [role='tab'][data-state='active']")
              ?.focus();
          };
        default:
          return null;
      }
    };
    const run = move();
    if (!run) return;
    e.preventDefault();
    e.stopPropagation();
    run();
  };

  if (plan.tasks.length === 0 && !adding) {
    return (
      <EmptyState
        title="No tasks yet"
        actions={
          <>
            <Button look="primary" onClick={() => setAdding({ after: null })}>
              First task
            </Button>
            <Button onClick={() => runAction("view.text")}>Write it as text</Button>
          </>
        }
      >
        Add the first task, then press N on a row for one that comes after it.
      </EmptyState>
    );
  }

  return (
    <div className={styles.outline}>
      <div
        role="treegrid"
        aria-label={`Tasks of ${plan.title}`}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        className={styles.grid}
        data-testid={testIds.outline}
      >
        <div role="rowgroup" className={styles.head}>
          <div role="row" aria-rowindex={1} className={styles.row}>
            {columns.map((name) => (
              <div key={name} role="columnheader">
                {name}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={scroll} className={styles.body} onKeyDown={pressed}>
          {adding && (
            <div className={styles.adding}>
              <StatusShape shape="dotted" hue="quiet" />
              <TitleInput
                value=""
                placeholder={
                  adding.after
                    ? `Title of a task after “${titles.get(adding.after)}”`
                    : "Title of the new task"
                }
                testId="outline-new-title"
                onDone={async (title) => {
                  const { after } = adding;
                  setAdding(null);
                  if (!title) return;
                  const made = await edit(plan.id, {
                    type: "add_task",
                    task: newTask(title, { after: after ? [after] : [] }),
                    at: null,
                  });
                  const id = made?.created[0];
                  if (id) select(id);
                }}
              />
            </div>
          )}
          <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              return (
                row && (
                  <OutlineRow
                    key={item.key}
                    row={row}
                    index={item.index}
                    top={item.start}
                    plan={plan.id}
                    titles={titles}
                    open={!closed.has(row.task.id)}
                    selected={row.task.id === task}
                    focusable={row === focused}
                    renaming={renaming === row.task.id}
                    onSelect={() => select(row.task.id)}
                    onToggle={(open) => toggle(row.task.id, open)}
                  />
                )
              );
            })}
          </div>
          {rows.length === 0 && <p className={styles.none}>No task matches the filter.</p>}
        </div>
      </div>
    </div>
  );
}

interface OutlineRowProps {
  row: Row;
  index: number;
  top: number;
  plan: string;
  titles: ReadonlyMap<string, string>;
  open: boolean;
  selected: boolean;
  focusable: boolean;
  renaming: boolean;
  onSelect: () => void;
  onToggle: (open: boolean) => void;
}

function OutlineRow({
  row,
  index,
  top,
  plan,
  titles,
  open,
  selected,
  focusable,
  renaming,
  onSelect,
  onToggle,
}: OutlineRowProps) {
  const { task } = row;
  const look = stageLook[task.stage.kind];
  const rename = (title: string | null) => {
    useLit.setState({ renaming: null });
    if (title && title !== task.title) {
      void edit(plan, { type: "update_task", task: task.id, patch: { title } });
    }
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={row.children > 0 ? open : undefined}
      aria-selected={selected}
      aria-label={`${task.title}. ${spoken(task)}.`}
      tabIndex={focusable ? 0 : -1}
      className={cx(styles.row, styles.data, selected && styles.selected)}
      style={{ transform: `translateY(${top}px)` }}
      data-task={task.id}
      data-stage={task.stage.kind}
      data-testid={testIds.outlineRow(task.id)}
      onClick={onSelect}
      onDoubleClick={() => useLit.setState({ renaming: task.id })}
      onKeyDown={() => {}}
    >
      <div role="gridcell" className={styles.task} style={{ paddingLeft: 8 + (row.level - 1) * 18 }}>
        <button
          type="button"
          tabIndex={-1}
          className={styles.twist}
          aria-hidden={row.children === 0}
          aria-label={open ? "Close" : "Open"}
          disabled={row.children === 0}
          onClick={(e) => {
            e.stopPropagation();
            onToggle(!open);
          }}
        >
          {row.children > 0 && (open ? <ChevronDown size={14} /> : <ChevronRight size={14} />)}
        </button>
        <StatusShape shape={look.shape} hue={look.hue} />
        {renaming ? (
          <TitleInput value={task.title} onDone={rename} />
        ) : (
          <span title={task.title}>{task.title}</span>
        )}
      </div>
      <div role="gridcell" className={styles[look.hue]} title={told(task)}>
        {task.stage.word}
        {!isContested(task) && reviewMatters(task.stage) && <span className="quiet"> · {task.review}</span>}
      </div>
      <div role="gridcell" className="quiet" title={names(task, titles)}>
        {names(task, titles)}
      </div>
      <div role="gridcell" className="mono quiet" title={agentsOf(task)}>
        {agentsOf(task)}
      </div>
      <div role="gridcell" className="quiet">
        {task.estimate_ms !== null && duration(task.estimate_ms)}
      </div>
      <div role="gridcell" className="quiet">
        {task.started_ms !== null && <Elapsed from={task.started_ms} to={task.ended_ms} />}
      </div>
      <div role="gridcell" className="quiet">
        {task.added !== null &&
          (task.added > 0 || (task.deleted ?? 0) > 0) &&
          `+${task.added} −${task.deleted ?? 0}`}
      </div>
    </div>
  );
}

/** Who tries it: those that do now, or those that will. */
function agentsOf(task: TaskView): string {
  if (isContested(task)) return agentsWord(task.contenders.map((c) => c.agent));
  return task.attempt === null && task.attempts.length > 1 ? agentsWord(task.attempts) : (task.agent ?? "");
}

function names(task: TaskView, titles: ReadonlyMap<string, string>): string {
  return task.after.map((d) => titles.get(d) ?? d).join(", ");
}

/** The state, for those who see neither its shape nor its tooltip. */
function spoken({ stage, contenders }: TaskView): string {
  if (!isContested({ contenders })) return stage.word;
  return `${stage.word}. ${contendersTold(contenders).replaceAll("\n", ", ")}`;
}

/** What the state's one word leaves out. */
function told(task: TaskView): string {
  if (isContested(task)) return `${task.stage.word}\n${contendersTold(task.contenders)}`;
  const why = task.why_waiting ?? task.stage.reason?.text ?? task.stage.word;
  return reviewMatters(task.stage) ? `${why}\n${task.review}` : why;
}
