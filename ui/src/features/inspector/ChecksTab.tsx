import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { StatusShape } from "../../components/StatusShape";
import { Ago } from "../../components/Time";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { EvidenceView } from "../../ipc/bindings/EvidenceView";
import type { RunView } from "../../ipc/bindings/RunView";
import { queries } from "../../ipc/queries";
import { currentAttempt, standingOf } from "../../lib/contenders";
import { cx } from "../../lib/cx";
import { useDesk } from "../../lib/desk";
import { duration } from "../../lib/format";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import styles from "./Checks.module.css";
import parts from "./parts.module.css";
import type { TabProps } from "./SpecTab";
import { WhichAttempt } from "./WhichAttempt";

export function ChecksTab({ plan, detail }: TabProps) {
  const { task, attempts } = detail;
  const [chosen, setChosen] = useState<number | null>(null);
  const attempt = attempts.find((a) => a.number === chosen) ?? currentAttempt(detail) ?? undefined;
  if (plan.checks.length === 0) {
    return (
      <div className={parts.tab}>
        <p>This plan has no checks, so nothing proves that its work is sound.</p>
        <div>
          <Button
            onClick={() =>
              navigate({ at: "plan", plan: plan.id, view: "settings", task: task.id, tab: "checks" })
            }
          >
            Add a check
          </Button>
        </div>
      </div>
    );
  }
  const atHead = attempt?.evidence.filter((e) => !e.merged) ?? [];
  const merged = attempt?.evidence.filter((e) => e.merged) ?? [];
  const running = attempt?.runs.filter((r) => r.live && r.kind === "check") ?? [];
  const over = attempt !== undefined && !standingOf(detail, attempt).current;
  const open = plan.checks.filter((c) => !atHead.some((e) => e.check === c.name && e.void === null));
  return (
    <div className={parts.tab}>
      {attempt && <WhichAttempt attempts={attempts} chosen={attempt} onChoose={setChosen} />}
      <section className={parts.part}>
        <h3>At the head</h3>
        {atHead.map((e) => (
          <Evidence key={`${attempt?.number} ${e.check} ${e.at_ms}`} evidence={e} attempt={attempt} />
        ))}
        {open.map((check) => {
          const run = running.find((r) => r.name.includes(check.name));
          return (
            <div key={check.name} className={styles.evidence} data-testid={`check-${check.name}`}>
              <StatusShape shape={run ? "ring3" : "circle"} hue={run ? "work" : "quiet"} />
              <div>
                <b>{check.name}</b> <span className="quiet">{run ? "running" : "not run at this head"}</span>
                <div className="mono quiet">{check.command}</div>
              </div>
              {run && <LogButton run={run} />}
            </div>
          );
        })}
      </section>
      <section className={parts.part}>
        <h3>On the merged tree</h3>
        {merged.length === 0 && (
          <p className="quiet">
            {over
              ? "Not checked: this attempt does not land."
              : `Checked when it lands: the merge onto ${plan.target} is built aside and tested first.`}
          </p>
        )}
        {merged.map((e) => (
          <Evidence key={`${attempt?.number} ${e.check} ${e.at_ms}`} evidence={e} attempt={attempt} />
        ))}
      </section>
    </div>
  );
}

function Evidence({ evidence: e, attempt }: { evidence: EvidenceView; attempt: AttemptView | undefined }) {
  const [open, setOpen] = useState(!e.passed && e.void === null);
  const run = attempt?.runs.find((r) => r.id === e.run);
  return (
    <>
      <div
        className={cx(styles.evidence, e.void !== null && styles.void)}
        data-testid={e.merged ? testIds.evidenceMerged(e.check) : testIds.evidence(e.check)}
        data-passed={e.passed}
      >
        <StatusShape
          shape={e.passed ? "check" : "cross"}
          hue={e.void !== null ? "quiet" : e.passed ? "land" : "fail"}
          label={e.passed ? "Passed" : "Failed"}
        />
        <div>
          <span className={styles.struck}>
            <b>{e.check}</b>{" "}
            {e.passed ? "passed" : e.code === null ? "did not finish" : `failed with exit code ${e.code}`}
          </span>
          <div className="quiet">
            <CopyId id={e.head} /> on <CopyId id={e.base} /> ·{" "}
            <span className={styles.whole}>{duration(e.duration_ms)}</span> ·{" "}
            <span className={styles.whole}>
              <Ago at={e.at_ms} />
            </span>
            {e.reused && " · same tree as one already checked"}
          </div>
          {e.void !== null && <div className="quiet">No longer counts: {e.void}.</div>}
        </div>
        {e.run !== null && (
          <div className={styles.evidenceTools}>
            <Button size="small" look="plain" aria-expanded={open} onClick={() => setOpen(!open)}>
              Log
            </Button>
            {run && <LogButton run={run} />}
          </div>
        )}
      </div>
      {open && e.run !== null && <Log run={e.run} />}
    </>
  );
}

function LogButton({ run }: { run: RunView }) {
  const showRun = useDesk((d) => d.showRun);
  return (
    <Button size="small" look="plain" onClick={() => showRun(run.id)}>
      Terminal
    </Button>
  );
}

/** The end of a run's log, where people look for what failed. */
function Log({ run }: { run: string }) {
  const { data, error } = useQuery(queries.runLog(run, 16_384));
  return (
    <pre
      className={styles.log}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      data-keys="own"
      data-testid={testIds.log(run)}
      ref={(el) => {
        if (el) el.scrollTop = el.scrollHeight;
      }}
    >
      {error ? error.message : data}
    </pre>
  );
}
