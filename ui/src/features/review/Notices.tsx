// What a person should know before approving beside the review: warnings, and the commits.

import { CopyId } from "../../components/CopyId";
import { SafeText } from "../../components/diff/LineText";
import { StatusShape } from "../../components/StatusShape";
import { Ago } from "../../components/Time";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { standingOf } from "../../lib/contenders";
import { count, shortId } from "../../lib/format";
import { nameOf } from "../../lib/path";
import styles from "./Points.module.css";

type NoticesProps = { detail: TaskDetail; attempt: AttemptView; onFile: (path: string) => void };

const SHOWN_PATHS = 8;

export function Warnings({ detail, attempt, onFile }: NoticesProps) {
  const { stage } = standingOf(detail, attempt);
  const { reason } = stage;
  if (attempt.out_of_scope.length === 0 && reason === null && attempt.keep_refs.length === 0) return null;
  const failed = stage.kind === "failed";
  return (
    <section aria-label="Warnings">
      <h3 className={styles.heading}>Warnings</h3>
      {reason && (
        <div className={styles.row}>
          <StatusShape shape={failed ? "cross" : "diamond"} hue={failed ? "fail" : "need"} />
          <span data-selectable>
            <SafeText text={reason.text} />
            <Paths paths={reason.paths} onFile={onFile} />
          </span>
        </div>
      )}
      {attempt.out_of_scope.length > 0 && (
        <div className={styles.row}>
          <StatusShape shape="diamond" hue="need" />
          <span>
            {count(attempt.out_of_scope.length, "file is", "files are")} outside the scope and can't land as{" "}
            {attempt.out_of_scope.length === 1 ? "it is" : "they are"}.
            <Paths paths={attempt.out_of_scope} onFile={onFile} />
          </span>
        </div>
      )}
      {attempt.keep_refs.length > 0 && (
        <div className={styles.row}>
          <StatusShape shape="circle" hue="quiet" />
          <span>
            {attempt.worktree === null
              ? "Its worktree is gone; what it held is kept under:"
              : "Uncommitted work was put away; it does not land."}
            {attempt.keep_refs.map((ref) => (
              <small key={ref}>
                <CopyId id={ref} />
              </small>
            ))}
          </span>
        </div>
      )}
    </section>
  );
}

export function Commits({ attempt }: { attempt: AttemptView }) {
  return (
    <section aria-label="Commits">
      <h3 className={styles.heading}>
        Commits<span>{attempt.commits.length || ""}</span>
      </h3>
      {attempt.commits.length === 0 && <p className={styles.none}>Nothing is committed yet.</p>}
      <ol>
        {attempt.commits.map((commit) => (
          <li key={commit.id} className={styles.row} data-wide>
            <span data-selectable>
              <SafeText text={commit.subject} />
              <small>
                <CopyId id={commit.id} show={shortId(commit.id)} /> <SafeText text={commit.author} /> ·{" "}
                <Ago at={commit.at_ms} />
              </small>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Paths({ paths, onFile }: { paths: readonly string[]; onFile: (path: string) => void }) {
  return (
    <>
      {paths.slice(0, SHOWN_PATHS).map((path) => (
        <button key={path} type="button" className={styles.path} title={path} onClick={() => onFile(path)}>
          <SafeText text={path.length > 44 ? `…/${nameOf(path)}` : path} />
        </button>
      ))}
      {paths.length > SHOWN_PATHS && (
        <small>and {count(paths.length - SHOWN_PATHS, "more file", "more files")}</small>
      )}
    </>
  );
}
