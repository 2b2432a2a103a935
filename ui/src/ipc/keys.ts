/* Names of what is cached. A shorter key covers the longer ones that begin with it. */
import type { DiffScope } from "./bindings/DiffScope";

export type Key = readonly (string | number)[];

export const keys = {
  projects: ["projects"],
  plan: (plan: string) => ["plan", plan],
  planText: (plan: string) => ["plan_text", plan],
  tasks: (plan: string) => ["task", plan],
  task: (plan: string, task: string) => ["task", plan, task],
  runs: (plan: string) => ["runs", plan],
  /** All that was read of a run's log, whatever its length. */
  runLog: (run: string) => ["run_log", run],
  runLogTail: (run: string, tailBytes: number) => ["run_log", run, tailBytes],
  landing: (plan: string) => ["landing", plan],
  inbox: ["inbox"],
  changes: (plan: string, task: string) => ["changes", plan, task],
  changedFiles: (plan: string, task: string, attempt: number, scope: DiffScope) => [
    "changes",
    plan,
    task,
    attempt,
    scope,
    "files",
  ],
  fileDiff: (
    plan: string,
    task: string,
    attempt: number,
    scope: DiffScope,
    path: string,
    context: number,
  ) => ["changes", plan, task, attempt, scope, "file", path, context],
  /** Read to its last line. */
  wholeFile: (plan: string, task: string, attempt: number, path: string) => [
    "changes",
    plan,
    task,
    attempt,
    "branch",
    "whole",
    path,
  ],
  /** Below its task: what makes the task's answer old makes this one old. */
  compare: (plan: string, task: string, a: number, b: number) => ["task", plan, task, "compare", a, b],
  /** Bound to the heads: hunks of other heads are other hunks. */
  fileBetween: (
    plan: string,
    task: string,
    sides: { a: number; b: number; heads: string },
    path: string,
    context: number,
  ) => ["changes", plan, task, "between", sides.a, sides.b, sides.heads, path, context],
  trash: (project: string) => ["trash", project],
  scopeFiles: (project: string, scope: readonly string[], exclude: readonly string[]) => [
    "scope_files",
    project,
    JSON.stringify([scope, exclude]),
  ],
  log: (plan: string) => ["log", plan],
  settings: ["settings"],
  doctor: ["doctor"],
} as const satisfies Record<string, Key | ((...args: never[]) => Key)>;
