/* Everything that waits for a person, over all projects, most blocking first. Each item can be answered here. */
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { StatusShape } from "../../components/StatusShape";
import { useInbox } from "../../ipc/queries";
import { openWaiting } from "../../ipc/waiting";
import { useActions } from "../../lib/actions";
import { count } from "../../lib/format";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import { Item } from "./Item";
import styles from "./inbox.module.css";

/** A line that belongs to an answer of its own comes with it, not by a key. */
const answers = "[data-answer]:not([hidden]) :is(button:not([data-send]), input:not([data-follows]))";

export function Inbox() {
  const client = useQueryClient();
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
  /** What the number keys reach, in their order: buttons, and lines to write in. */
  const options = () => {
    const row = list.current?.querySelector(`[data-item="${CSS.escape(current?.id ?? "")}"]`);
    return [...(row?.querySelectorAll<HTMLElement>(answers) ?? [])];
  };
  const press = (n: number) => {
    // The button is pressed, so that asking first and showing that it works stay in one place.
    const option = options()[n];
    if (option instanceof HTMLInputElement) option.focus();
    else option?.click();
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
      run: () => current && void openWaiting(client, current),
    },
    ...Array.from({ length: 9 }, (_, n) => ({
      id: `inbox.answer-${n + 1}`,
      label: `Answer ${n + 1}`,
      group: "Task" as const,
      key: String(n + 1),
      hidden: true,
      when: () => n < options().length,
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
