// The merge queue of a plan: the target's tip, what is tested now, what comes next, what is held and why, what landed.

import { GitMerge } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { SafeText } from "../../components/diff/LineText";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { StatusShape } from "../../components/StatusShape";
import { Ago } from "../../components/Time";
import type { LandedEntry } from "../../ipc/bindings/LandedEntry";
import type { LandingEntry } from "../../ipc/bindings/LandingEntry";
import type { RunView } from "../../ipc/bindings/RunView";
import { useLanding, usePlan, useRuns } from "../../ipc/queries";
import { useActions } from "../../lib/actions";
import { count } from "../../lib/format";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import { Entry, HeldEntry, NowEntry } from "./Entries";
import styles from "./Landing.module.css";
import { LandingLog } from "./LandingLog";
import { laneOf } from "./lane";
import { Upstream } from "./Upstream";

const NO_RUNS: RunView[] = [];

export function Landing({ plan }: { plan: string }) {
  const landing = useLanding(plan);
  const runs = useRuns(plan).data ?? NO_RUNS;
  const tasks = usePlan(plan).data?.tasks;
  const said = (task: string) => tasks?.find((one) => one.id === task)?.review;
  const [log, setLog] = useState<string | null>(null);
  const toPlan = () => navigate({ at: "plan", plan, view: "graph", task: null, tab: "spec" });
  useActions([
    {
      id: "landing.closeLog",
      label: "Close the log",
      group: "View",
      key: "escape",
      hidden: true,
      when: () => log !== null,
      run: () => setLog(null),
    },
  ]);

  if (landing.isError) return <ErrorNote problem={landing.error} onRetry={() => void landing.refetch()} />;
  const view = landing.data;
  if (!view) return <p className={styles.reading}>Reading…</p>;
  const { now, next } = laneOf(view);
  const open = (entry: LandingEntry) =>
    navigate({ at: "review", plan, task: entry.task, attempt: entry.attempt });
  const empty = view.queue.length === 0 && view.held.length === 0;
  const run = log ? runs.find((one) => one.id === log) : undefined;
  return (
    <section className={styles.landing} data-testid={testIds.landingList} aria-label="Landing">
      <div className={styles.scroll}>
        <div className={styles.column}>
          <header className={styles.head}>
            <h1>Landing on {view.target}</h1>
            <span className="quiet">
              {view.tip ? (
                <>
                  now at <CopyId id={view.tip} />
                </>
              ) : (
                "the branch has no commit yet"
              )}
            </span>
            <span className={styles.space} />
            <span className="quiet">{sumOf(view.queue.length, view.held.length, view.landed.length)}</span>
          </header>
          {view.upstream && <Upstream plan={plan} target={view.target} upstream={view.upstream} />}

          {empty && view.landed.length === 0 && (
            <EmptyState
              art={<GitMerge size={22} />}
              title="Nothing is landing"
              actions={<Button onClick={toPlan}>Go to the plan</Button>}
            >
              An approved task comes here: its merge with {view.target} is built, the checks run on exactly
              that, and only then the branch moves.
            </EmptyState>
          )}

          {view.held.length > 0 && (
            <section aria-labelledby="landing-held">
              <h2 id="landing-held" className={styles.heading}>
                Held
              </h2>
              <ul className={styles.list}>
                {view.held.map((entry) => (
                  <HeldEntry
                    key={entry.task}
                    plan={plan}
                    entry={entry}
                    review={said(entry.task)}
                    onOpen={() => open(entry)}
                    onLog={setLog}
                  />
                ))}
              </ul>
            </section>
          )}

          {view.queue.length > 0 && (
            <section aria-labelledby="landing-lane">
              <h2 id="landing-lane" className={styles.heading}>
                Queue
              </h2>
              <ol className={styles.lane}>
                {now && (
                  <NowEntry
                    entry={now}
                    target={view.target}
                    runs={runs}
                    review={said(now.task)}
                    onOpen={() => open(now)}
                    onLog={setLog}
                  />
                )}
                {next.map((entry, index) => (
                  <Entry
                    key={entry.task}
                    entry={entry}
                    place={index + (now ? 2 : 1)}
                    review={said(entry.task)}
                    onOpen={() => open(entry)}
                  />
                ))}
              </ol>
            </section>
          )}
          {empty && view.landed.length > 0 && (
            <p className={styles.calm}>
              <StatusShape shape="check" hue="land" /> The queue is empty. Everything that was approved has
              landed.
            </p>
          )}

          {view.landed.length > 0 && (
            <section aria-labelledby="landing-landed">
              <h2 id="landing-landed" className={styles.heading}>
                Landed
              </h2>
              <ol className={styles.list}>
                {view.landed.map((entry) => (
                  <Landed key={`${entry.task} ${entry.commit}`} plan={plan} entry={entry} />
                ))}
              </ol>
            </section>
          )}
        </div>
      </div>
      {log && (
        <div className={styles.drawer}>
          <LandingLog key={log} run={log} view={run} onClose={() => setLog(null)} />
        </div>
      )}
    </section>
  );
}

function sumOf(queued: number, held: number, landed: number): string {
  const parts = [
    queued > 0 && `${queued} queued`,
    held > 0 && `${held} held`,
    landed > 0 && `${landed} landed`,
  ];
  return parts.filter(Boolean).join(" · ") || count(0, "task");
}

function Landed({ plan, entry }: { plan: string; entry: LandedEntry }) {
  return (
    <li className={styles.entry} data-testid={testIds.landedEntry(entry.task)}>
      <StatusShape shape="check" hue="land" label="Landed" />
      <button
        type="button"
        className={styles.name}
        onClick={() => navigate({ at: "plan", plan, view: "graph", task: entry.task, tab: "history" })}
      >
        <SafeText text={entry.title} />
      </button>
      <span className={styles.space} />
      <span className={styles.commits}>
        <CopyId id={entry.previous} /> → <CopyId id={entry.commit} />
      </span>
      <span className={styles.when}>
        <Ago at={entry.at_ms} />
      </span>
    </li>
  );
}
