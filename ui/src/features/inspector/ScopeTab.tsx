import { useQuery } from "@tanstack/react-query";
import { ListField } from "../../components/fields";
import { StatusShape } from "../../components/StatusShape";
import { queries } from "../../ipc/queries";
import { currentAttempt } from "../../lib/contenders";
import { count } from "../../lib/format";
import { scopesMayMeet } from "../../lib/globs";
import { currentRoute, navigate } from "../../lib/route";
import { isSettled } from "../../lib/stage";
import { testIds } from "../../testids";
import parts from "./parts.module.css";
import { patchOf, type TabProps } from "./SpecTab";

export function ScopeTab({ plan, detail }: TabProps) {
  const { task } = detail;
  const patch = patchOf(plan.id, task.id);
  const attempt = currentAttempt(detail);
  const outside = attempt?.out_of_scope ?? [];
  const meets = plan.tasks.filter(
    (t) =>
      t.id !== task.id &&
      !isSettled(t.stage.kind) &&
      !detail.downstream.includes(t.id) &&
      !isBefore(plan.tasks, t.id, task.id) &&
      t.scope !== null &&
      scopesMayMeet(t.scope, task.scope),
  );
  return (
    <div className={parts.tab}>
      <ListField
        label="May change"
        testId={testIds.field("scope")}
        value={task.scope ?? []}
        placeholder="the whole repository"
        hint="Globs, one on each line."
        onCommit={(scope) => patch({ scope })}
      />
      <ListField
        label="May not"
        testId={testIds.field("exclude")}
        value={task.exclude}
        placeholder="nothing"
        onCommit={(exclude) => patch({ exclude })}
      />
      <Files project={plan.project} scope={task.scope} exclude={task.exclude} />
      {outside.length > 0 && (
        <section className={parts.part}>
          <h3 className={parts.warn}>
            <StatusShape shape="diamond" hue="need" size={12} /> {count(outside.length, "file")} outside the
            scope
          </h3>
          <p className="quiet">
            Changed in {attempt && detail.attempts.length > 1 ? `attempt ${attempt.number}` : "this attempt"}.
            They never land.
          </p>
          <ul className={parts.paths}>
            {outside.map((path) => (
              <li key={path} className="mono">
                {path}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className={parts.part}>
        <h3>May touch the same files</h3>
        {meets.length === 0 ? (
          <p className="quiet">No other open task with a scope does.</p>
        ) : (
          <ul className={parts.links}>
            {meets.map((t) => (
              <li key={t.id}>
                <button
                  type="button"
                  className={parts.link}
                  onClick={() => {
                    const here = currentRoute();
                    if (here.at === "plan") navigate({ ...here, task: t.id });
                  }}
                >
                  {t.title}
                </button>
                <span className="mono quiet">{t.scope?.join(" ")}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

interface FilesProps {
  project: string;
  scope: string[] | null;
  exclude: string[];
}

function Files({ project, scope, exclude }: FilesProps) {
  const { data, error } = useQuery(queries.scopeFiles(project, scope ?? ["**"], exclude));
  if (error) return <p className={parts.bad}>{error.message}</p>;
  if (!data) return null;
  const more = data.count - data.sample.length;
  return (
    <section className={parts.part}>
      <h3>{data.count === 0 ? "No file matches yet" : `${count(data.count, "file")} now`}</h3>
      <ul className={parts.paths}>
        {data.sample.map((path) => (
          <li key={path} className="mono">
            {path}
          </li>
        ))}
        {more > 0 && <li className="quiet">and {more} more</li>}
      </ul>
    </section>
  );
}

/** Whether `a` lands before `b` starts, through whatever stands between. */
function isBefore(tasks: readonly { id: string; after: string[] }[], a: string, b: string): boolean {
  const seen = new Set<string>();
  const open = [b];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const d of tasks.find((t) => t.id === id)?.after ?? []) {
      if (d === a) return true;
      if (!seen.has(d)) {
        seen.add(d);
        open.push(d);
      }
    }
  }
  return false;
}
