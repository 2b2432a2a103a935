/*
 * One registry of actions: a button, a shortcut, a menu entry and a palette entry are one `Action`.
 * A part of the page offers its actions while it is mounted; the newest offer of an id wins.
 */
import { useEffect, useRef } from "react";
import { create } from "zustand";
import { useDesk } from "./desk";

export type ActionGroup =
  | "Go to"
  | "Plan"
  | "Run"
  | "Task"
  | "Review"
  | "Compare"
  | "Terminal"
  | "View"
  | "Project";

export interface Action {
  id: string;
  /** A verb, with the object where it isn't obvious. */
  label: string;
  group: ActionGroup;
  run: () => void;
  /** Whether it can be done now; absent: always. */
  when?: () => boolean;
  /** Default keys, written as in keys.ts; alternatives are separated by a space, the first is shown. */
  key?: string;
  /** Also while text or a terminal has the focus. */
  everywhere?: boolean;
  /** Kept out of the palette (keys that make sense only as keys). */
  hidden?: boolean;
}

interface Registry {
  offers: readonly (readonly Action[])[];
  offer: (actions: readonly Action[]) => () => void;
}

export const useRegistry = create<Registry>((set) => ({
  offers: [],
  offer: (actions) => {
    set((state) => ({ offers: [...state.offers, actions] }));
    return () => set((state) => ({ offers: state.offers.filter((o) => o !== actions) }));
  },
}));

/** Every action that is offered now, the newest of each id. */
export function allActions(offers: readonly (readonly Action[])[] = useRegistry.getState().offers): Action[] {
  const byId = new Map<string, Action>();
  for (const action of offers.flat()) {
    byId.delete(action.id);
    byId.set(action.id, action);
  }
  return [...byId.values()];
}

/** Offers actions while the calling component is mounted. They may change with every render. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  const offer = useRegistry((r) => r.offer);
  // Labels, keys and groups decide what the palette and the sheet show; the functions are read when they run.
  const shape = actions.map((a) => `${a.id}\n${a.label}\n${a.key ?? ""}`).join("\r");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the actions' content
  useEffect(() => {
    const find = (id: string) => latest.current.find((a) => a.id === id);
    return offer(
      latest.current.map((a) => ({
        ...a,
        run: () => find(a.id)?.run(),
        when: () => {
          const now = find(a.id);
          return now !== undefined && (now.when?.() ?? true);
        },
      })),
    );
  }, [shape, offer]);
}

/** The key that an action answers to: the person's own, or its default. */
export function keyOf(action: Pick<Action, "id" | "key">, own = useDesk.getState().keys): string | undefined {
  const chosen = own[action.id];
  return chosen === undefined ? action.key : chosen || undefined;
}

export function runAction(id: string): boolean {
  const action = allActions().find((a) => a.id === id);
  if (!action || !(action.when?.() ?? true)) return false;
  action.run();
  return true;
}

/** The key's text for a tooltip or a button, following the person's own binding. */
export function useActionKey(id: string): string | undefined {
  const own = useDesk((d) => d.keys);
  const offers = useRegistry((r) => r.offers);
  const action = allActions(offers).find((a) => a.id === id);
  return action ? keyOf(action, own) : undefined;
}
