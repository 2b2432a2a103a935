/* Where removed worktrees are until they are restored or the trash is emptied. */
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { Confirm } from "../../components/Dialog";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Ago } from "../../components/Time";
import { toast } from "../../components/toast";
import { ask } from "../../ipc/ask";
import { useProjects, useTrash } from "../../ipc/queries";
import { bytes, count } from "../../lib/format";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import styles from "./trash.module.css";

export function Trash({ project }: { project: string }) {
  const { data: entries, error, refetch } = useTrash(project);
  const { data: projects = [] } = useProjects();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState<string | null>(null);
  const name = projects.find((p) => p.id === project)?.name ?? "";

  if (error && !entries) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  if (!entries) return null;
  if (entries.length === 0) {
    return (
      <EmptyState
        title="The trash is empty"
        art={<Trash2 size={22} />}
        actions={<Button onClick={() => navigate({ at: "start" })}>Back to the plan</Button>}
      >
        Worktrees that are no longer needed come here first, with their uncommitted files, and can be
        restored.
      </EmptyState>
    );
  }
  const size = entries.reduce((sum, e) => sum + (e.bytes ?? 0), 0);
  const restore = async (id: string) => {
    setBusy(id);
    const done = await ask({ type: "restore_trash", project, entry: id });
    setBusy(null);
    if (done !== null) toast({ tone: "good", message: "Restored the worktree where it was." });
  };
  return (
    <section className={styles.trash} aria-label="Trash" data-testid={testIds.trash}>
      <header className={styles.head}>
        <h1 className={styles.title}>Trash</h1>
        <span className="quiet">
          {name} · {count(entries.length, "worktree")}
          {size > 0 && ` · ${bytes(size)}`}
        </span>
        <span className={styles.spring} />
        <Button
          look="danger"
          icon={<Trash2 size={14} />}
          data-testid={testIds.trashEmpty}
          onClick={() => setAsked(true)}
        >
          Empty trash…
        </Button>
      </header>
      <ul>
        {entries.map((entry) => (
          <li key={entry.id} className={styles.entry}>
            <div>
              <b className="mono">{entry.branch ?? entry.id}</b>
              <div className="quiet">
                <Ago at={entry.at_ms} />
                {entry.bytes !== null && ` · ${bytes(entry.bytes)}`}
                {entry.head !== null && (
                  <>
                    {" · head "}
                    <CopyId id={entry.head} />
                  </>
                )}
                {entry.uncommitted !== null && (
                  <>
                    {" · uncommitted files kept in "}
                    <CopyId id={entry.uncommitted} />
                  </>
                )}
              </div>
              <div className="quiet">
                <CopyId id={entry.path} />
              </div>
            </div>
            <Button
              size="small"
              busy={busy === entry.id}
              data-testid={testIds.trashRestore(entry.id)}
              onClick={() => void restore(entry.id)}
            >
              Restore
            </Button>
          </li>
        ))}
      </ul>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title="Empty the trash?"
        verb="Empty trash"
        danger
        onConfirm={async () => {
          setAsked(false);
          await ask({ type: "empty_trash", project });
        }}
      >
        {count(entries.length, "worktree")} {size > 0 && `(${bytes(size)}) `}will be deleted from disk. Their
        commits and snapshots of uncommitted files stay in the repository under keep refs, so that git can
        still bring them back.
      </Confirm>
    </section>
  );
}
