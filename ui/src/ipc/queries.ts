/* What the page reads, as hooks on the cache. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { placed } from "../lib/fileDiff";
import type { DiffScope } from "./bindings/DiffScope";
import type { Event } from "./bindings/Event";
import type { Setting } from "./bindings/Setting";
import { sameDiff } from "./diffLines";
import { keys } from "./keys";
import { logLimit } from "./live";
import { request } from "./request";

export const queries = {
  projects: () => queryOptions({ queryKey: keys.projects, queryFn: () => request({ type: "projects" }) }),
  plan: (plan: string) =>
    queryOptions({ queryKey: keys.plan(plan), queryFn: () => request({ type: "plan", plan }) }),
  planText: (plan: string) =>
    queryOptions({ queryKey: keys.planText(plan), queryFn: () => request({ type: "plan_text", plan }) }),
  task: (plan: string, task: string) =>
    queryOptions({ queryKey: keys.task(plan, task), queryFn: () => request({ type: "task", plan, task }) }),
  runs: (plan: string) =>
    queryOptions({ queryKey: keys.runs(plan), queryFn: () => request({ type: "runs", plan }) }),
  runLog: (run: string, tailBytes = 65_536) =>
    queryOptions({
      queryKey: keys.runLogTail(run, tailBytes),
      queryFn: () => request({ type: "run_log", run, tail_bytes: tailBytes }),
    }),
  landing: (plan: string) =>
    queryOptions({ queryKey: keys.landing(plan), queryFn: () => request({ type: "landing", plan }) }),
  inbox: () => queryOptions({ queryKey: keys.inbox, queryFn: () => request({ type: "inbox" }) }),
  changedFiles: (plan: string, task: string, attempt: number, scope: DiffScope) =>
    queryOptions({
      queryKey: keys.changedFiles(plan, task, attempt, scope),
      queryFn: () => request({ type: "changed_files", plan, task, attempt, scope }),
    }),
  fileDiff: (plan: string, task: string, attempt: number, scope: DiffScope, path: string, context: number) =>
    queryOptions({
      queryKey: keys.fileDiff(plan, task, attempt, scope, path, context),
      queryFn: async () =>
        placed(await request({ type: "file_diff", plan, task, attempt, scope, path, context })),
      structuralSharing: sameDiff,
    }),
  compare: (plan: string, task: string, a: number, b: number) =>
    queryOptions({
      queryKey: keys.compare(plan, task, a, b),
      queryFn: () => request({ type: "compare", plan, task, a, b }),
    }),
  fileBetween: (
    plan: string,
    task: string,
    sides: { a: number; b: number; heads: string },
    path: string,
    context: number,
  ) =>
    queryOptions({
      queryKey: keys.fileBetween(plan, task, sides, path, context),
      queryFn: async () =>
        placed(await request({ type: "file_between", plan, task, a: sides.a, b: sides.b, path, context })),
      structuralSharing: sameDiff,
    }),
  trash: (project: string) =>
    queryOptions({ queryKey: keys.trash(project), queryFn: () => request({ type: "trash", project }) }),
  scopeFiles: (project: string, scope: string[], exclude: string[]) =>
    queryOptions({
      queryKey: keys.scopeFiles(project, scope, exclude),
      queryFn: () => request({ type: "scope_files", project, scope, exclude }),
    }),
  log: (plan: string) => queryOptions({ queryKey: keys.log(plan), queryFn: () => readLog(plan) }),
  settings: () => queryOptions({ queryKey: keys.settings, queryFn: readSettings }),
  doctor: () =>
    queryOptions({ queryKey: keys.doctor, queryFn: () => request({ type: "doctor", rebuild: false }) }),
};

export const useProjects = () => useQuery(queries.projects());
export const usePlan = (plan: string) => useQuery(queries.plan(plan));
export const usePlanText = (plan: string) => useQuery(queries.planText(plan));
export const useTask = (plan: string, task: string) => useQuery(queries.task(plan, task));
export const useRuns = (plan: string) => useQuery(queries.runs(plan));
export const useLanding = (plan: string) => useQuery(queries.landing(plan));
export const useInbox = () => useQuery(queries.inbox());
export const useTrash = (project: string) => useQuery(queries.trash(project));
export const useLog = (plan: string) => useQuery(queries.log(plan));
export const useSettings = () => useQuery(queries.settings());
export const useDoctor = () => useQuery(queries.doctor());

/** A plan's events, oldest first, page by page up to what is kept. */
async function readLog(plan: string): Promise<Event[]> {
  const page = 2000;
  const all: Event[] = [];
  for (let since = 0; ; ) {
    const events = await request({ type: "events", since, limit: page, plan });
    all.push(...events);
    const last = events.at(-1);
    if (!last || events.length < page) return all.slice(-logLimit);
    since = last.seq;
  }
}

/** The person's settings, by the names under which they are set; the store keeps them apart from its own. */
async function readSettings(): Promise<Setting[]> {
  const settings = await request({ type: "settings" });
  return settings.map(({ key, value }) => ({ key: key.replace(/^user\./, ""), value }));
}
