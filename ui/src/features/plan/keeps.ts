import type { TaskView } from "../../ipc/bindings/TaskView";

/** Whether a task is kept by a filter: every word must be found somewhere in it. */
export function keeps(task: TaskView, filter: string): boolean {
  const text = `${task.title} ${task.id} ${task.agent ?? ""} ${task.stage.word}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
