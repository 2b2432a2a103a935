/* The log of everything in a plan, newest last; it follows the end while one looks at the end. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Segmented } from "../../components/Segmented";
import { StatusShape } from "../../components/StatusShape";
import type { Event } from "../../ipc/bindings/Event";
import { useLog, usePlan } from "../../ipc/queries";
import { clock, count, exactTime } from "../../lib/format";
import { navigate } from "../../lib/route";
import { sayEvent } from "../../lib/sayEvent";
import { testIds } from "../../testids";
import styles from "./timeline.module.css";

const sieves = [
  { id: "all", label: "Everything" },
  { id: "turns", label: "Turning points" },
  { id: "trouble", label: "Trouble" },
] as const;
type Sieve = (typeof sieves)[number]["id"];

const turns = new Set<Event["type"]>([
  "plan.started",
  "plan.paused",
  "plan.stopped",
  "plan.finished",
  "attempt.started",
  "check.finished",
  "review.finished",
  "fix.started",
  "changes.requested",
  "needs_you",
  "approved",
  "landed",
  "landing.held",
  "task.failed",
]);

export function passes(sieve: Sieve, event: Event, hue: string): boolean {
  if (sieve === "all") return true;
  if (sieve === "turns") return turns.has(event.type);
  return hue === "fail" || hue === "need";
}

export function Log({ plan }: { plan: string }) {
  const { data: events, error, refetch } = useLog(plan);
  const { data: view } = usePlan(plan);
  const [sieve, setSieve] = useState<Sieve>("all");
  const titles = useMemo(() => new Map(view?.tasks.map((t) => [t.id, t.title])), [view?.tasks]);
  const rows = useMemo(
    () =>
      (events ?? [])
        .map((event) => ({ event, said: sayEvent(event, titles) }))
        .filter(({ event, said }) => passes(sieve, event, said.hue)),
    [events, titles, sieve],
  );
  const scroll = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 28,
    overscan: 20,
    getItemKey: (i) => rows[i]?.event.seq ?? i,
  });

  useEffect(() => {
    if (following && rows.length > 0) virtual.scrollToIndex(rows.length - 1, { align: "end" });
  }, [following, rows.length, virtual]);

  if (error && !events) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  if (!events) return null;
  return (
    <section className={styles.log} aria-label="Log" data-testid={testIds.eventLog}>
      <div className={styles.bar}>
        <h1 className={styles.title}>Log</h1>
        <Segmented label="Which events" options={sieves} value={sieve} onChange={setSieve} />
        <span className="quiet">{count(rows.length, "event")}</span>
      </div>
      {rows.length === 0 ? (
        <EmptyState title="Nothing of this kind has happened">
          {sieve === "trouble"
            ? "No failure and nothing that needed you."
            : "Events stand here as they happen."}
        </EmptyState>
      ) : (
        <div
          ref={scroll}
          className={styles.rows}
          role="log"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          onScroll={(e) => {
            const el = e.currentTarget;
            setFollowing(el.scrollHeight - el.scrollTop - el.clientHeight < 40);
          }}
        >
          <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              const { event, said } = row;
              const task = "task" in event ? event.task : null;
              return (
                <div
                  key={item.key}
                  className={styles.row}
                  style={{ transform: `translateY(${item.start}px)` }}
                  data-testid={testIds.logRow(event.seq)}
                >
                  <span className={styles.seq}>{event.seq}</span>
                  <time className="quiet" dateTime={event.at} title={exactTime(Date.parse(event.at))}>
                    {clock(Date.parse(event.at))}
                  </time>
                  <StatusShape shape={said.shape} hue={said.hue} size={12} />
                  {task !== null && titles.has(task) ? (
                    <button
                      type="button"
                      className={styles.said}
                      onClick={() => navigate({ at: "plan", plan, view: "graph", task, tab: "history" })}
                    >
                      {said.text}
                    </button>
                  ) : (
                    <span className={styles.said}>{said.text}</span>
                  )}
                  <span className={styles.type}>{event.type}</span>
                </div>
              );
            })}
          </div>
        </div>
      )}
      {!following && rows.length > 0 && (
        <Button
          className={styles.toEnd}
          size="small"
          icon={<ArrowDown size={13} />}
          onClick={() => setFollowing(true)}
        >
          To the end
        </Button>
      )}
    </section>
  );
}
