/* What is said in passing. Errors stay until they are read; the rest goes by itself. */
import { create } from "zustand";

export interface Toast {
  id: number;
  tone: "quiet" | "good" | "warn" | "error";
  message: string;
  hint?: string | null;
  action?: { label: string; run: () => void };
}

interface Toasts {
  toasts: readonly Toast[];
}

export const useToasts = create<Toasts>(() => ({ toasts: [] }));

let next = 1;

export function toast(said: Omit<Toast, "id">): number {
  const id = next++;
  useToasts.setState((s) => ({
    // Saying the same thing again replaces it instead of piling up.
    toasts: [...s.toasts.filter((t) => t.message !== said.message), { ...said, id }].slice(-5),
  }));
  return id;
}

export function dismissToast(id: number): void {
  useToasts.setState((s) => ({ toasts: s.toasts.filter((t) => t.id !== id) }));
}

/** Shows what was thrown: what happened, and what to do. */
export function toastError(problem: unknown): void {
  if (typeof problem === "object" && problem !== null && "wire" in problem) {
    const wire = problem.wire as { message: string; hint: string | null };
    toast({ tone: "error", message: wire.message, hint: wire.hint });
    return;
  }
  toast({ tone: "error", message: problem instanceof Error ? problem.message : String(problem) });
}
