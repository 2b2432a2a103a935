/* The way from a folder to an open project, as steps. What is asked of the person follows from the step. */

import { ask } from "../../ipc/ask";
import type { Inspection } from "../../ipc/bindings/Inspection";
import type { ProjectView } from "../../ipc/bindings/ProjectView";

export type Step =
  | { at: "choose"; problem: string | null }
  | { at: "not_repository"; path: string }
  | { at: "no_commits"; inspection: Inspection }
  | { at: "trust"; inspection: Inspection }
  | { at: "open"; project: ProjectView };

/** What a folder needs before it can be opened. `open` steps are made by the engine's answer, not here. */
export function stepAfter(inspection: Inspection): Exclude<Step["at"], "choose" | "open"> | "ready" {
  if (!inspection.is_repository) return "not_repository";
  if (!inspection.trusted && inspection.exec_capable.length > 0) return "trust";
  if (!inspection.has_commits) return "no_commits";
  return "ready";
}

/** Looks at a folder without running anything of it, and opens it when nothing has to be asked. */
export async function inspect(path: string): Promise<Step | null> {
  const inspection = await ask({ type: "inspect_project", path });
  if (!inspection) return null;
  const next = stepAfter(inspection);
  if (next === "not_repository") return { at: "not_repository", path };
  if (next === "trust" || next === "no_commits") return { at: next, inspection };
  return open(inspection.root ?? path, inspection.trusted);
}

/** After trust was given: an empty repository still needs its first commit. */
export function trusted(inspection: Inspection): Promise<Step | null> | Step {
  if (!inspection.has_commits) return { at: "no_commits", inspection };
  return open(inspection.root ?? inspection.path, true);
}

async function open(path: string, trust: boolean): Promise<Step | null> {
  const project = await ask({ type: "open_project", path, trust });
  return project && { at: "open", project };
}

/** Makes the first commit and opens the project; the person has been told what it does. */
export async function firstCommit(inspection: Inspection): Promise<Step | null> {
  const path = inspection.root ?? inspection.path;
  const made = await ask({ type: "first_commit", path });
  return made && open(path, true);
}
