/* A plan whose agents ask: permission, a question, a rest at the prompt; and points that only a person decides. */
import type { Stage } from "../bindings/Stage";
import type { TaskView } from "../bindings/TaskView";
import { attemptsOf } from "./attempts";
import { type FakePlan, minute, plan, stage, task } from "./plan";
import { common } from "./shapes";

const needs = (code: string, text: string): Stage =>
  stage("needs_you", `Needs you: ${code.replaceAll("_", " ")}`, { reason: { code, text, paths: [] } });

export function askingPlan(): FakePlan {
  const at = (m: number) => Date.now() - m * minute;
  const asks = (id: string, title: string, m: number, why: Stage, more: Partial<TaskView> = {}): TaskView =>
    task(id, title, {
      agent: "claude",
      stage: why,
      attempt: 1,
      since_ms: at(m),
      started_ms: at(m + 6),
      added: 40 + 7 * m,
      deleted: m,
      ...more,
    });
  const permission = "The agent asks for permission: Bash: npm install left-pad --save-exact";
  const question = "The agent asks: Should an empty batch be an error, or send nothing?";
  const stopped = "The agent stopped: it rests at its prompt and has committed nothing.";
  const tasks = [
    asks("deps", "Pin dependencies", 2, needs("permission", permission), { position: { x: 0, y: 0 } }),
    asks("batch", "Batch sending", 3, needs("question", question), {
      agent: "codex",
      position: { x: 0, y: 110 },
    }),
    asks("cache", "Response cache", 5, needs("stopped", stopped), { position: { x: 0, y: 220 } }),
    asks("limits", "Upload limits", 9, needs("undecided", "1 point is for you to decide."), {
      position: { x: 320, y: 0 },
    }),
    asks("audit", "Audit trail", 7, needs("review_failed", "The review failed: it returned prose twice."), {
      position: { x: 320, y: 110 },
    }),
    asks("log", "Structured log", 1, stage("implementing", "Working"), {
      action: "Editing src/log.rs",
      position: { x: 320, y: 220 },
    }),
    asks("smoke", "Smoke run", 1, stage("implementing", "Working"), {
      agent: "script",
      position: { x: 320, y: 330 },
    }),
    task("release", "Release notes", {
      after: ["deps"],
      stage: stage("waiting", "Waiting"),
      position: { x: 640, y: 0 },
    }),
  ];
  const made = plan("asking", "acme", "Agents that ask", tasks, {
    ...common,
    mode: "running",
    slots: 8,
    review: { agents: ["codex"], rounds: 5 },
  });
  for (const t of made.view.tasks) if (t.attempt) made.attempts.set(t.id, attemptsOf("asking", t));
  return made;
}
