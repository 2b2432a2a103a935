/* A new plan: drawn, pasted as text, or opened from its file in the repository. */
import { useState } from "react";
import { create } from "zustand";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { EntryField } from "../../components/fields";
import { Segmented } from "../../components/Segmented";
import { ask, edit } from "../../ipc/ask";
import type { ProjectView } from "../../ipc/bindings/ProjectView";
import { useSettings } from "../../ipc/queries";
import { pathIn } from "../../lib/path";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import styles from "./projects.module.css";

export const useNewPlan = create<{ project: ProjectView | null }>(() => ({ project: null }));

const ways = [
  { id: "draw", label: "Draw it", testId: testIds.newPlanWay("draw") },
  { id: "text", label: "Paste text", testId: testIds.newPlanWay("text") },
  { id: "file", label: "Open a plan file", testId: testIds.newPlanWay("file") },
] as const;
type Way = (typeof ways)[number]["id"];

export function NewPlan() {
  const project = useNewPlan((s) => s.project);
  return project && <NewPlanOf key={project.id} project={project} />;
}

function NewPlanOf({ project }: { project: ProjectView }) {
  const [way, setWay] = useState<Way>("draw");
  const [entry, setEntry] = useState("");
  const [busy, setBusy] = useState(false);
  const { data: settings = [] } = useSettings();
  const close = () => useNewPlan.setState({ project: null });
  const text = entry.trim();

  const go = async () => {
    if (text === "" || busy) return;
    setBusy(true);
    const made =
      way === "draw"
        ? await ask({ type: "create_plan", project: project.id, title: text })
        : way === "text"
          ? await ask({ type: "import_plan", project: project.id, text: entry })
          : await ask({ type: "open_plan_file", repo: project.root, file: pathIn(project.root, text) });
    setBusy(false);
    if (!made) return;
    const slots = Number(settings.find((s) => s.key === "slots")?.value);
    if (way === "draw" && Number.isInteger(slots) && slots > 0) {
      await edit(made.plan, { type: "update_plan", patch: { slots } });
    }
    close();
    navigate({ at: "plan", plan: made.plan, view: "graph", task: null, tab: "spec" });
  };

  return (
    <Dialog
      open
      onClose={close}
      title={`New plan in ${project.name}`}
      footer={
        <>
          <Button look="plain" onClick={close}>
            Cancel
          </Button>
          <Button
            look="primary"
            busy={busy}
            disabled={text === ""}
            data-testid={testIds.newPlanCreate}
            onClick={() => void go()}
          >
            {way === "file" ? "Open plan" : "Create plan"}
          </Button>
        </>
      }
    >
      <div className={styles.newPlan}>
        <Segmented
          label="How to begin"
          options={ways}
          value={way}
          onChange={(next) => {
            setWay(next);
            setEntry("");
          }}
        />
        {way === "draw" && (
          <EntryField
            key="draw"
            label="Title"
            autoFocus
            placeholder="Retry support"
            testId={testIds.newPlanTitle}
            hint={`Lands on ${project.default_target ?? "the current branch"}; you can change that later.`}
            onChange={setEntry}
            onEnter={() => void go()}
          />
        )}
        {way === "file" && (
          <EntryField
            key="file"
            label="File"
            mono
            testId={testIds.newPlanPath}
            autoFocus
            placeholder="PLAN.toml"
            hint="In the repository or anywhere else. The file stays the plan's home: editing it edits the plan."
            onChange={setEntry}
            onEnter={() => void go()}
          />
        )}
        {way === "text" && (
          <textarea
            className={styles.paste}
            aria-label="The plan as TOML"
            placeholder={
              'version = 1\ntitle = "Retry support"\n\n[[task]]\nid = "model"\ntitle = "Data model"'
            }
            value={entry}
            spellCheck={false}
            onChange={(e) => setEntry(e.target.value)}
          />
        )}
      </div>
    </Dialog>
  );
}
