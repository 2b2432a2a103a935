/* What ran when: tasks as bars on real time, their phases coloured, what waited for a person hatched. */
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { StatusShape } from "../../components/StatusShape";
import { useLog, usePlan } from "../../ipc/queries";
import { runAction } from "../../lib/actions";
import { cx } from "../../lib/cx";
import { clock, duration } from "../../lib/format";
import { useNow } from "../../lib/now";
import { navigate } from "../../lib/route";
import { stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import { lanesOf, type Phase, tickStep } from "./spans";
import styles from "./timeline.module.css";

const phases: { id: Phase; word: string }[] = [
  { id: "setup", word: "Setup" },
  { id: "work", word: "Agent" },
  { id: "check", word: "Checks" },
  { id: "wait", word: "Waits for you or the queue" },
  { id: "land", word: "Landing" },
];

export function Timeline({ plan: id }: { plan: string }) {
  const { data: plan, error, refetch } = usePlan(id);
  const { data: events } = useLog(id);
  const lanes = useMemo(() => lanesOf(events ?? []), [events]);
  const now = useNow(2000);
  const [width, setWidth] = useState(800);
  const chart = useRef<HTMLDivElement>(null);
  const some = lanes.length > 0;

  useEffect(() => {
    const element = chart.current;
    if (!element || !some) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, [some]);

  if (error && !plan) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  if (!plan || !events) return null;
  if (!some) {
    return (
      <EmptyState
        title="Nothing has run yet"
        actions={
          <Button look="primary" onClick={() => runAction("plan.run")}>
            Run the plan
          </Button>
        }
      >
        Once it does, each task is a bar here, with its setup, its agent, its checks and its landing.
      </EmptyState>
    );
  }

  const spans = lanes.flatMap((l) => l.spans);
  const start = Math.min(...spans.map((s) => s.from));
  const open = spans.some((s) => s.to === null);
  const end = Math.max(start + 1000, open ? now : 0, ...spans.map((s) => s.to ?? 0));
  const bound = start + plan.progress.lower_bound_ms;
  const total = end - start;
  const place = (t: number) => `${(100 * (t - start)) / total}%`;
  const step = tickStep(total, width);
  const ticks = Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => start + i * step);
  const byId = new Map(plan.tasks.map((t) => [t.id, t]));

  return (
    <section className={styles.timeline} aria-label="Timeline" data-testid={testIds.timeline}>
      <div className={styles.bar}>
        <h1 className={styles.title}>Timeline</h1>
        <span className="quiet">
          {clock(start)} to {open ? "now" : clock(end)} · {duration(total)}
          {plan.progress.lower_bound_ms > 0 &&
            ` · at best ${duration(plan.progress.lower_bound_ms)} for the whole plan`}
        </span>
        <span className={styles.spring} />
        <ul className={styles.legend}>
          {phases.map((p) => (
            <li key={p.id}>
              <i className={styles[p.id]} /> {p.word}
            </li>
          ))}
        </ul>
      </div>
      <div className={styles.scroll}>
        <div className={styles.axis}>
          <div ref={chart} className={styles.axisInner}>
            {ticks.map((t) => (
              <span key={t} style={{ left: place(t) }}>
                {clock(t).slice(0, step < 60_000 ? 8 : 5)}
              </span>
            ))}
          </div>
        </div>
        <ul className={styles.lanes}>
          {lanes.map((lane) => {
            const task = byId.get(lane.task);
            const look = task ? stageLook[task.stage.kind] : stageLook.discarded;
            return (
              <li key={`${lane.task} ${lane.attempt}`} className={styles.lane}>
                <button
                  type="button"
                  className={styles.laneName}
                  disabled={!task}
                  onClick={() =>
                    navigate({ at: "plan", plan: id, view: "graph", task: lane.task, tab: "history" })
                  }
                >
                  <StatusShape shape={look.shape} hue={look.hue} />
                  <span className={cx(task?.critical && styles.critical)}>{task?.title ?? lane.task}</span>
                  {lanes.filter((l) => l.task === lane.task).length > 1 && (
                    <span className="quiet">{lane.attempt}</span>
                  )}
                </button>
                <div className={styles.track}>
                  {lane.spans.map((s) => (
                    <i
                      key={`${s.from} ${s.phase}`}
                      className={cx(styles.span, styles[s.phase], s.to === null && styles.openEnd)}
                      style={{
                        left: place(s.from),
                        width: `max(2px, ${(100 * ((s.to ?? now) - s.from)) / total}%)`,
                      }}
                      title={`${phases.find((p) => p.id === s.phase)?.word}: ${duration((s.to ?? now) - s.from)}`}
                    />
                  ))}
                  {lane.marks.map((m) => (
                    <span key={m.at} className={styles.mark} style={{ left: place(m.at) }}>
                      <StatusShape
                        shape={m.kind === "fail" ? "cross" : "diamond"}
                        hue={m.kind === "fail" ? "fail" : "need"}
                        size={11}
                        label={m.kind === "fail" ? "Failed" : "Needed you"}
                      />
                    </span>
                  ))}
                  {lane.landed !== null && (
                    <span className={styles.mark} style={{ left: place(lane.landed) }}>
                      <StatusShape shape="check" hue="land" size={11} label="Landed" />
                    </span>
                  )}
                </div>
              </li>
            );
          })}
          {plan.progress.lower_bound_ms > 0 && bound <= end && (
            <li className={styles.bound} aria-hidden>
              <span style={{ left: place(bound) }} title="The soonest that the whole plan could be done" />
            </li>
          )}
        </ul>
      </div>
    </section>
  );
}
