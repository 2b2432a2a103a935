/* Everything that waits for a person, over all projects, most blocking first. Each item can be answered here. */
import { useRef, useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { StatusShape } from "../../components/StatusShape";
import { TaskActions } from "../../components/TaskActions";
import { Ago } from "../../components/Time";
import { act } from "../../ipc/act";
import type { InboxItem } from "../../ipc/bindings/InboxItem";
import type { InboxKind } from "../../ipc/bindings/InboxKind";
import { useInbox, usePlan } from "../../ipc/queries";
import { useActions } from "../../lib/actions";
import { cx } from "../../lib/cx";
import { count } from "../../lib/format";
import { navigate, type Route } from "../../lib/route";
import { type Hue, reviewMatters, type Shape } from "../../lib/stage";
import { testIds } from "../../testids";
import styles from "./inbox.module.css";

const looks: Record<InboxKind, { shape: Shape; hue: Hue; word: string }> = {
  needs_you: { shape: "diamond", hue: "need", word: "Needs you" },
  ready_to_review: { shape: "half", hue: "ready", word: "Ready to review" },
  failed: { shape: "cross", hue: "fail", word: "Failed" },
};

/** Whether it is decided with the diff and the findings in view. */
function opensReview(item: InboxItem): boolean {
  return item.kind === "ready_to_review" || item.actions.some((a) => a.action === "fix_again");
}

function placeOf(item: InboxItem): Route {
  return opensReview(item)
    ? { at: "review", plan: item.plan, task: item.task, attempt: item.attempt ?? 1 }
    : {
        at: "plan",
        plan: item.plan,
        view: "graph",
        task: item.task,
        tab: item.kind === "failed" ? "checks" : "spec",
      };
}

/** Answers that can be given from here: an approval is given in the review, a run is ended where it is seen. */
function answersOf(item: InboxItem) {
  return item.actions.filter((a) => a.action !== "approve" && a.action !== "end_run");
}

export function Inbox() {
  const { data: items, error, refetch } = useInbox();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(0, items?.findIndex((i) => i.id === chosen) ?? 0);
  const current = items?.[at];

  const go = (step: number) => {
    const next = items?.[Math.min(items.length - 1, Math.max(0, at + step))];
    if (!next) return;
    setChosen(next.id);
    list.current?.querySelector(`[data-item="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const press = (n: number) => {
    // The button is pressed, so that asking first and showing that it works stay in one place.
    const row = list.current?.querySelector(`[data-item="${CSS.escape(current?.id ?? "")}"]`);
    row?.querySelectorAll<HTMLButtonElement>("[data-answer] button")[n]?.click();
  };

  useActions([
    { id: "inbox.next", label: "Next in the inbox", group: "Go to", key: "j arrowdown", run: () => go(1) },
    {
      id: "inbox.previous",
      label: "Previous in the inbox",
      group: "Go to",
      key: "k arrowup",
      run: () => go(-1),
    },
    {
      id: "inbox.open",
      label: "Open what waits",
      group: "Go to",
      key: "enter",
      hidden: true,
      when: () => current !== undefined && !(document.activeElement instanceof HTMLButtonElement),
      run: () => current && navigate(placeOf(current)),
    },
    ...Array.from({ length: 9 }, (_, n) => ({
      id: `inbox.answer-${n + 1}`,
      label: `Answer ${n + 1}`,
      group: "Task" as const,
      key: String(n + 1),
      hidden: true,
      when: () => current !== undefined && n <= answersOf(current).length,
      run: () => press(n),
    })),
  ]);

  if (error && !items) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  if (!items) return null;
  if (items.length === 0) {
    return (
      <EmptyState
        title="Nothing needs you"
        art={<StatusShape shape="check" hue="land" size={22} />}
        actions={<Button onClick={() => navigate({ at: "start" })}>Back to the plan</Button>}
      >
        When an agent asks, a check fails twice or work is ready to review, it stands here, what blocks most
        first.
      </EmptyState>
    );
  }
  return (
    <div className={styles.inbox} data-testid={testIds.inbox}>
      <div className={styles.column} ref={list}>
        <header className={styles.head}>
          <h1 className={styles.title}>Inbox</h1>
          <span className="quiet">
            {count(items.length, "waits", "wait")} for you. J and K move, Enter opens, number keys answer.
          </span>
        </header>
        <ul>
          {items.map((item) => (
            <Item key={item.id} item={item} current={item === current} onChoose={() => setChosen(item.id)} />
          ))}
        </ul>
      </div>
    </div>
  );
}

interface ItemProps {
  item: InboxItem;
  current: boolean;
  onChoose: () => void;
}

function Item({ item, current, onChoose }: ItemProps) {
  const look = looks[item.kind];
  const task = usePlan(item.plan).data?.tasks.find((t) => t.id === item.task);
  const openLabel = opensReview(item) ? "Review" : "Open";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: J, K and Enter do the same
    <li
      className={cx(styles.item, current && styles.current)}
      aria-current={current || undefined}
      data-item={item.id}
      data-testid={testIds.inboxItem(item.id)}
      onClick={onChoose}
    >
      <StatusShape shape={look.shape} hue={look.hue} size={16} label={look.word} />
      <div className={styles.text}>
        <div className={styles.who}>
          <b>{item.task_title}</b>
          <span className={styles[look.hue]}>{look.word}</span>
          <span className="quiet">
            <Ago at={item.since_ms} />
          </span>
        </div>
        <div className={styles.what} data-selectable>
          {item.what}
          {task && reviewMatters(task.stage) && !item.what.includes(task.review) && (
            <span className={styles.review}>{task.review}.</span>
          )}
        </div>
        <div className="quiet">
          {item.project_name} › {item.plan_title}
          {item.blocks > 0 && ` · ${count(item.blocks, "task waits", "tasks wait")} behind it`}
        </div>
        <div className={styles.answers} data-answer>
          <Button
            size="small"
            look={item.kind === "ready_to_review" ? "primary" : "normal"}
            keyHint={current ? "1" : undefined}
            data-testid={testIds.inboxAnswer(item.id, "open")}
            onClick={() => navigate(placeOf(item))}
          >
            {openLabel}
          </Button>
          <TaskActions
            actions={answersOf(item)}
            size="small"
            subject={item.task_title}
            keyOf={(i) => (current && i < 8 ? String(i + 2) : undefined)}
            testIdOf={(action) => testIds.inboxAnswer(item.id, action)}
            onAct={(action) =>
              act(action, {
                plan: item.plan,
                task: item.task,
                attempt: item.attempt ?? 1,
                head: null,
                run: null,
              })
            }
          />
        </div>
      </div>
    </li>
  );
}
