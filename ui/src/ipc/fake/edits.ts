/* Edits of the fake's plans as steps that can be undone. */
import type { Reply } from "../bindings/Reply";
import type { TaskView } from "../bindings/TaskView";
import type { Fake } from "./engine";
import { derive, type FakePlan } from "./plan";
import { refuse } from "./refuse";

export function edited(fake: Fake, p: FakePlan, what: string, change: () => string[]): Reply {
  const was = structuredClone(p.view);
  let created: string[];
  try {
    created = change();
  } catch (problem) {
    p.view = was;
    throw problem;
  }
  p.undone.push(was);
  p.redone = [];
  return saved(fake, p, what, created);
}

export function stepBack(fake: Fake, p: FakePlan, which: "undo" | "redo"): Reply {
  const [from, to] = which === "undo" ? [p.undone, p.redone] : [p.redone, p.undone];
  const next = from.pop() ?? refuse("refused", which === "undo" ? "Nothing to undo." : "Nothing to redo.");
  to.push(structuredClone(p.view));
  // States of tasks are no edits: they stay as they are.
  const stages = new Map(p.view.tasks.map((t) => [t.id, t]));
  next.tasks = next.tasks.map((t): TaskView => {
    const now = stages.get(t.id);
    return now
      ? { ...t, stage: now.stage, attempt: now.attempt, since_ms: now.since_ms, action: now.action }
      : t;
  });
  p.view = { ...next, revision: p.view.revision, mode: p.view.mode };
  p.text = null;
  return saved(fake, p, which, []);
}

function saved(fake: Fake, p: FakePlan, what: string, created: string[]): Reply {
  p.view.revision += 1;
  derive(p);
  fake.say(p.view.id, { type: "plan.edited", revision: p.view.revision, what });
  const { revision, can_undo, can_redo } = p.view;
  return { type: "edited", value: { revision, created, can_undo, can_redo } };
}
