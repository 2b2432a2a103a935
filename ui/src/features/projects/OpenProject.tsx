/* Opening a repository: choose, and where it must be, ask once. Nothing of it runs before that. */
import { FolderOpen } from "lucide-react";
import { useState } from "react";
import { create } from "zustand";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { EntryField } from "../../components/fields";
import { attempt } from "../../ipc/ask";
import type { ExecCapable } from "../../ipc/bindings/ExecCapable";
import { pickFolder } from "../../ipc/engine";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import { firstCommit, inspect, type Step, trusted } from "./opening";
import styles from "./projects.module.css";

export const useOpening = create<{ step: Step | null }>(() => ({ step: null }));

export function startOpening(): void {
  useOpening.setState({ step: { at: "choose", problem: null } });
}

export function OpenProject() {
  const step = useOpening((s) => s.step);
  const [path, setPath] = useState("");
  const [busy, setBusy] = useState(false);
  if (!step) return null;

  const close = () => useOpening.setState({ step: null });
  const take = async (work: Promise<Step | null> | Step) => {
    setBusy(true);
    const next = await work;
    setBusy(false);
    if (!next) return;
    if (next.at !== "open") return useOpening.setState({ step: next });
    close();
    const [plan] = next.project.plans;
    if (plan) navigate({ at: "plan", plan: plan.id, view: "graph", task: null, tab: "spec" });
    else navigate({ at: "project", project: next.project.id });
  };
  const cancel = (
    <Button look="plain" onClick={close}>
      Cancel
    </Button>
  );

  switch (step.at) {
    case "open":
      return null;
    case "choose":
    case "not_repository": {
      const go = () => path.trim() !== "" && void take(inspect(path.trim()));
      return (
        <Dialog
          open
          onClose={close}
          title="Open a repository"
          footer={
            <>
              {cancel}
              <Button
                look="primary"
                busy={busy}
                disabled={path.trim() === ""}
                data-testid={testIds.projectPathOpen}
                onClick={go}
              >
                Open
              </Button>
            </>
          }
        >
          <p className={styles.say}>
            Coppice works beside your checkout: agents get worktrees of their own in a hidden folder next to
            the repository.
          </p>
          <div className={styles.pathRow}>
            <EntryField
              label="Folder"
              mono
              autoFocus
              initial={path}
              key={path === "" ? "typed" : undefined}
              placeholder="/home/you/work/api"
              testId={testIds.projectPath}
              onChange={setPath}
              onEnter={go}
            />
            <Button
              icon={<FolderOpen size={15} />}
              onClick={async () => {
                const picked = await attempt(pickFolder());
                if (!picked) return;
                setPath(picked);
                await take(inspect(picked));
              }}
            >
              Browse…
            </Button>
          </div>
          {step.at === "not_repository" && (
            <p className={styles.problem} role="alert">
              {step.path} is no git repository. Choose a folder that holds one, or run{" "}
              <code className="mono">git init</code> there first.
            </p>
          )}
        </Dialog>
      );
    }
    case "no_commits":
      return (
        <Dialog
          open
          onClose={close}
          title="This repository has no commits yet"
          footer={
            <>
              {cancel}
              <Button
                look="primary"
                busy={busy}
                data-testid={testIds.firstCommit}
                onClick={() => void take(firstCommit(step.inspection))}
              >
                Make an empty first commit
              </Button>
            </>
          }
        >
          <p>
            Every task starts from a commit. An empty one on{" "}
            <b>{step.inspection.branch ?? "the current branch"}</b> is enough; your files stay as they are,
            uncommitted.
          </p>
        </Dialog>
      );
    case "trust":
      return (
        <Dialog
          open
          wide
          onClose={close}
          testId={testIds.trustDialog}
          title="Do you trust this repository?"
          footer={
            <>
              {cancel}
              <Button
                look="primary"
                busy={busy}
                data-testid={testIds.trustYes}
                onClick={() => void take(trusted(step.inspection))}
              >
                Trust and open
              </Button>
            </>
          }
        >
          <p>
            <span className="mono">{step.inspection.root}</span> holds things that git and agents would
            execute. Nothing of it has run so far. Trust it only if you know where it comes from.
          </p>
          <ExecList items={step.inspection.exec_capable} />
        </Dialog>
      );
  }
}

function ExecList({ items }: { items: readonly ExecCapable[] }) {
  return (
    <table className={styles.execs}>
      <caption className="visually-hidden">What could be executed</caption>
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col">What</th>
          <th scope="col">Runs</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={`${item.origin} ${item.key} ${item.value}`}>
            <td className="mono">{item.origin}</td>
            <td className="mono">{item.key}</td>
            <td className="mono">{item.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
