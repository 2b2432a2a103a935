/* Which plan the window is about: the route's, or the one looked at last. */
import { useEffect } from "react";
import type { PlanSummary } from "../ipc/bindings/PlanSummary";
import type { ProjectView } from "../ipc/bindings/ProjectView";
import { useProjects } from "../ipc/queries";
import { useDesk } from "../lib/desk";
import { planOf, type Route } from "../lib/route";

export interface Current {
  projects: readonly ProjectView[] | undefined;
  project: ProjectView | null;
  plan: PlanSummary | null;
}

export function useCurrent(route: Route): Current {
  const { data: projects } = useProjects();
  const last = useDesk((d) => d.lastPlan);
  const set = useDesk((d) => d.set);
  const routed = planOf(route);
  useEffect(() => {
    if (routed !== null) set({ lastPlan: routed });
  }, [routed, set]);
  return currentOf(projects, route, routed ?? last);
}

export function currentOf(
  projects: readonly ProjectView[] | undefined,
  route: Route,
  wanted: string | null,
): Current {
  const named = "project" in route ? projects?.find((p) => p.id === route.project) : undefined;
  const plans = named ? named.plans : (projects?.flatMap((p) => p.plans) ?? []);
  const plan = plans.find((p) => p.id === wanted) ?? plans[0] ?? null;
  const project = named ?? projects?.find((p) => p.id === plan?.project) ?? projects?.[0] ?? null;
  return { projects, project, plan };
}
