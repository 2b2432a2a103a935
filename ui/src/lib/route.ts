/*
 * Where the page is, as a value. Deep state is a route, so that back and forward work and a place can be
 * returned to. One closed union instead of patterns: a route that isn't handled does not compile.
 */
import { useSyncExternalStore } from "react";

export const planViews = ["graph", "outline", "text", "settings"] as const;
export type PlanViewName = (typeof planViews)[number];

export const inspectorTabs = ["spec", "scope", "checks", "agent", "history"] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

export type Route =
  | { at: "start" }
  | { at: "plan"; plan: string; view: PlanViewName; task: string | null; tab: InspectorTab }
  | { at: "review"; plan: string; task: string; attempt: number }
  /** Which two attempts; null before anybody has chosen. */
  | { at: "compare"; plan: string; task: string; pair: readonly [number, number] | null }
  | { at: "landing"; plan: string }
  | { at: "timeline"; plan: string }
  | { at: "log"; plan: string }
  | { at: "inbox" }
  | { at: "project"; project: string }
  | { at: "trash"; project: string }
  | { at: "settings"; section: "general" | "keys" | "doctor" };

/** The path of a route, without `#`. Ids may hold any character. */
export function formatRoute(route: Route): string {
  const path = (...parts: (string | number)[]) => `/${parts.map((p) => encodeURIComponent(p)).join("/")}`;
  switch (route.at) {
    case "start":
      return "/";
    case "plan": {
      const parts = ["plan", route.plan, route.view];
      if (route.task !== null) parts.push(route.task, route.tab);
      return path(...parts);
    }
    case "review":
      return path("plan", route.plan, "review", route.task, route.attempt);
    case "compare":
      return path("plan", route.plan, "compare", route.task, ...(route.pair ?? []));
    case "landing":
    case "timeline":
    case "log":
      return path("plan", route.plan, route.at);
    case "inbox":
      return "/inbox";
    case "project":
      return path("project", route.project);
    case "trash":
      return path("project", route.project, "trash");
    case "settings":
      return path("settings", route.section);
  }
}

/** Reads a path; what is no route is the start. */
export function parseRoute(path: string): Route {
  const parts = path
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decode);
  const [head, id, view, task, last, other] = parts;
  if (head === "inbox") return { at: "inbox" };
  if (head === "settings") {
    return { at: "settings", section: id === "keys" || id === "doctor" ? id : "general" };
  }
  if (head === "project" && id) {
    return view === "trash" ? { at: "trash", project: id } : { at: "project", project: id };
  }
  if (head === "plan" && id) {
    if (view === "review" && task) {
      const attempt = Number(last);
      return {
        at: "review",
        plan: id,
        task,
        attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : 1,
      };
    }
    if (view === "compare" && task) {
      const [a, b] = [Number(last), Number(other)];
      const isPair = Number.isInteger(a) && Number.isInteger(b) && a > 0 && b > 0 && a !== b;
      return { at: "compare", plan: id, task, pair: isPair ? [a, b] : null };
    }
    if (view === "landing" || view === "timeline" || view === "log") return { at: view, plan: id };
    return {
      at: "plan",
      plan: id,
      view: planViews.find((v) => v === view) ?? "graph",
      task: task ? task : null,
      tab: inspectorTabs.find((t) => t === last) ?? "spec",
    };
  }
  return { at: "start" };
}

/** The plan that a route is about, if any. */
export function planOf(route: Route): string | null {
  return "plan" in route ? route.plan : null;
}

export function navigate(route: Route, how: "push" | "replace" = "push"): void {
  const url = `#${formatRoute(route)}`;
  if (url === window.location.hash) return;
  if (how === "push") window.history.pushState(null, "", url);
  else window.history.replaceState(null, "", url);
  window.dispatchEvent(new Event("coppice:route"));
}

/** For `href`, so that a link is a link to screen readers and the middle button. */
export function href(route: Route): string {
  return `#${formatRoute(route)}`;
}

let memo: { hash: string; route: Route } = { hash: "", route: { at: "start" } };

/** The same object as long as the path is the same. */
export function currentRoute(): Route {
  const hash = window.location.hash;
  if (hash !== memo.hash) memo = { hash, route: parseRoute(hash) };
  return memo.route;
}

function subscribe(changed: () => void): () => void {
  const events = ["coppice:route", "popstate", "hashchange"];
  for (const name of events) window.addEventListener(name, changed);
  return () => {
    for (const name of events) window.removeEventListener(name, changed);
  };
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, currentRoute);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
