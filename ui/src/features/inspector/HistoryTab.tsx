import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { StatusShape } from "../../components/StatusShape";
import { Ago } from "../../components/Time";
import { Usage } from "../../components/Usage";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import { useLog } from "../../ipc/queries";
import { cx } from "../../lib/cx";
import { clock, duration } from "../../lib/format";
import { navigate } from "../../lib/route";
import { sayEvent } from "../../lib/sayEvent";
import { stageLook } from "../../lib/stage";
import styles from "./History.module.css";
import parts from "./parts.module.css";
import type { TabProps } from "./SpecTab";

/** How many events are shown here; the log has all of them. */
const few = 60;

export function HistoryTab({ plan, detail }: TabProps) {
  const { data: events = [] } = useLog(plan.id);
  const own = events.filter((e) => "task" in e && e.task === detail.task.id);
  const titles = new Map(plan.tasks.map((t) => [t.id, t.title]));
  return (
    <div className={parts.tab}>
      <section className={parts.part}>
        <div className={parts.partHead}>
          <h3>Attempts</h3>
          <Usage runs={detail.attempts.flatMap((a) => a.runs)} of="task" />
        </div>
        {detail.attempts.length === 0 && <p className="quiet">None yet.</p>}
        {detail.attempts.map((a) => (
          <Attempt key={a.number} plan={plan.id} task={detail.task.id} attempt={a} />
        ))}
      </section>
      <section className={parts.part}>
        <h3>What happened</h3>
        {own.length === 0 && <p className="quiet">Nothing yet.</p>}
        <ol className={styles.events}>
          {own
            .slice(-few)
            .reverse()
            .map((e) => (
              <li key={e.seq}>
                <time className="quiet" dateTime={e.at}>
                  {clock(Date.parse(e.at))}
                </time>
                <span>{sayEvent(e, titles).text}</span>
              </li>
            ))}
        </ol>
        {own.length > few && (
          <Button size="small" look="plain" onClick={() => navigate({ at: "log", plan: plan.id })}>
            All in the log
          </Button>
        )}
      </section>
    </div>
  );
}

function Attempt({ plan, task, attempt: a }: { plan: string; task: string; attempt: AttemptView }) {
  const look = stageLook[a.stage.kind];
  return (
    <div className={styles.attempt}>
      <div className={styles.attemptHead}>
        <StatusShape shape={look.shape} hue={look.hue} />
        <b>Attempt {a.number}</b>
        <span className={cx("quiet", styles.attemptFacts)}>
          <span>{a.agent}</span>
          <span>
            · <Ago at={a.started_ms} />
          </span>
          {a.ended_ms !== null && <span>· {duration(a.ended_ms - a.started_ms)}</span>}
        </span>
        {a.head !== null && a.files > 0 && (
          <Button
            size="small"
            look="plain"
            onClick={() => navigate({ at: "review", plan, task, attempt: a.number })}
          >
            Diff
          </Button>
        )}
      </div>
      <div className={styles.attemptBody}>
        <div className="medium">{a.stage.reason?.text ?? a.stage.word}</div>
        {a.runs.some((r) => r.usage) && (
          <ul className={styles.used}>
            {a.runs
              .filter((r) => r.usage)
              .map((r) => (
                <li key={r.id}>
                  <span>{r.kind === r.name ? r.name : `${r.kind} · ${r.name}`}</span>
                  <Usage runs={[r]} of={r.id} />
                </li>
              ))}
            {a.runs.filter((r) => r.usage).length > 1 && (
              <li>
                <span>together</span>
                <Usage runs={a.runs} of={`attempt-${a.number}`} />
              </li>
            )}
          </ul>
        )}
        {a.commits.map((c) => (
          <div key={c.id} className={styles.commit}>
            <CopyId id={c.id} /> <span>{c.subject}</span>
          </div>
        ))}
        {a.worktree === null && (
          <div className="quiet">Its worktree is in the trash or gone after landing.</div>
        )}
        {a.keep_refs.map((ref) => (
          <div key={ref} className="quiet">
            Kept under <CopyId id={ref} />
          </div>
        ))}
      </div>
    </div>
  );
}
