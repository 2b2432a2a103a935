/* Actions that are there wherever the person is, and the one listener that gives keys to actions. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { startOpening } from "../features/projects/OpenProject";
import { tryDemo } from "../features/projects/Start";
import { ask } from "../ipc/ask";
import type { InboxItem } from "../ipc/bindings/InboxItem";
import type { PlanSummary } from "../ipc/bindings/PlanSummary";
import { setWindowTitle } from "../ipc/engine";
import { useInbox } from "../ipc/queries";
import { openWaiting } from "../ipc/waiting";
import { type Action, allActions, keyOf, useActions } from "../lib/actions";
import { useDesk } from "../lib/desk";
import { isMac, isTyping, matchesKeys } from "../lib/keys";
import { currentRoute, navigate, type PlanViewName, type Route } from "../lib/route";

/** The item after the one that is being looked at, around the end. */
export function nextWaiting(items: readonly InboxItem[], route: Route): InboxItem | null {
  const at = items.findIndex((i) => "task" in route && i.task === route.task && i.plan === route.plan);
  return items[(at + 1) % Math.max(1, items.length)] ?? null;
}

export function GlobalActions({ plan }: { plan: PlanSummary | null }) {
  const { data: inbox = [] } = useInbox();
  const client = useQueryClient();
  const set = useDesk((d) => d.set);
  useKeys();
  useWindowTitle(plan, inbox.length);

  const view = (name: PlanViewName) => {
    if (!plan) return;
    const here = currentRoute();
    const same = here.at === "plan" && here.plan === plan.id;
    navigate({
      at: "plan",
      plan: plan.id,
      view: name,
      task: same ? here.task : null,
      tab: same ? here.tab : "spec",
    });
  };
  const withPlan = () => plan !== null;
  const to = (make: (id: string) => Route) => () => plan && navigate(make(plan.id));

  const actions: Action[] = [
    {
      id: "app.palette",
      label: "Search commands, tasks and plans",
      group: "Go to",
      key: isMac ? "mod+k" : "mod+shift+p",
      everywhere: true,
      hidden: true,
      run: () => set({ paletteOpen: true }),
    },
    { id: "app.keys", label: "Show all keys", group: "View", key: "?", run: () => set({ keysOpen: true }) },
    {
      id: "go.next-waiting",
      label: "Go to the next task that needs you",
      group: "Go to",
      key: "mod+.",
      everywhere: true,
      when: () => inbox.length > 0,
      run: () => {
        const next = nextWaiting(inbox, currentRoute());
        if (next) void openWaiting(client, next);
      },
    },
    { id: "go.inbox", label: "Inbox", group: "Go to", key: "i", run: () => navigate({ at: "inbox" }) },
    { id: "view.graph", label: "Graph", group: "View", key: "1", when: withPlan, run: () => view("graph") },
    {
      id: "view.outline",
      label: "Outline",
      group: "View",
      key: "2",
      when: withPlan,
      run: () => view("outline"),
    },
    {
      id: "view.text",
      label: "Plan as text",
      group: "View",
      key: "3",
      when: withPlan,
      run: () => view("text"),
    },
    {
      id: "view.settings",
      label: "Plan settings",
      group: "View",
      key: "4",
      when: withPlan,
      run: () => view("settings"),
    },
    {
      id: "go.landing",
      label: "Landing",
      group: "Go to",
      key: "5",
      when: withPlan,
      run: to((id) => ({ at: "landing", plan: id })),
    },
    {
      id: "go.timeline",
      label: "Timeline",
      group: "Go to",
      key: "6",
      when: withPlan,
      run: to((id) => ({ at: "timeline", plan: id })),
    },
    {
      id: "go.log",
      label: "Log",
      group: "Go to",
      key: "7",
      when: withPlan,
      run: to((id) => ({ at: "log", plan: id })),
    },
    {
      id: "go.trash",
      label: "Trash",
      group: "Go to",
      key: "8",
      when: withPlan,
      run: () => plan && navigate({ at: "trash", project: plan.project }),
    },
    {
      id: "go.settings",
      label: "Settings",
      group: "Go to",
      key: "mod+,",
      everywhere: true,
      run: () => navigate({ at: "settings", section: "general" }),
    },
    {
      id: "go.doctor",
      label: "Doctor: what is missing and how to get it",
      group: "Go to",
      run: () => navigate({ at: "settings", section: "doctor" }),
    },
    {
      id: "view.rail",
      label: "Show or hide the rail",
      group: "View",
      key: "[",
      run: () => set({ railOpen: !useDesk.getState().railOpen }),
    },
    {
      id: "view.inspector",
      label: "Show or hide the inspector",
      group: "View",
      key: "]",
      run: () => set({ inspectorOpen: !useDesk.getState().inspectorOpen }),
    },
    {
      id: "view.dock",
      label: "Show or hide the terminals",
      group: "View",
      key: "t",
      run: () => set({ dockOpen: !useDesk.getState().dockOpen }),
    },
    { id: "project.open", label: "Open a repository…", group: "Project", key: "mod+o", run: startOpening },
    { id: "project.demo", label: "Try the demo", group: "Project", run: () => void tryDemo() },
    {
      id: "plan.run",
      label: plan?.mode === "running" ? "Pause the plan" : "Run the plan",
      group: "Run",
      key: "r",
      when: withPlan,
      run: () => {
        if (!plan) return;
        if (plan.mode === "running") void ask({ type: "pause_plan", plan: plan.id });
        else void ask({ type: "start_plan", plan: plan.id, again: plan.mode === "finished" });
      },
    },
    {
      id: "plan.stop",
      label: "Stop the plan and end its agents",
      group: "Run",
      key: "shift+r",
      when: () => plan !== null && (plan.mode === "running" || plan.progress.slots_used > 0),
      run: () => plan && void ask({ type: "stop_plan", plan: plan.id }),
    },
  ];
  useActions(actions);
  return null;
}

function useKeys(): void {
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing) return;
      const own = useDesk.getState().keys;
      const typing = isTyping(e.target);
      // The newest offer comes first: what is nearest to the person answers.
      for (const action of allActions().reverse()) {
        const key = keyOf(action, own);
        if (!key || (typing && !action.everywhere) || !matchesKeys(key, e)) continue;
        if (!(action.when?.() ?? true)) continue;
        e.preventDefault();
        action.run();
        return;
      }
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

function useWindowTitle(plan: PlanSummary | null, waiting: number): void {
  const title = `${waiting ? `(${waiting}) ` : ""}${plan ? `${plan.title} · ` : ""}Coppice`;
  useEffect(() => {
    document.title = title;
    // The window goes on without its title.
    setWindowTitle(title).catch(() => {});
  }, [title]);
}
