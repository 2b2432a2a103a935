// Writing comments: which draft is open and where, and sending all of them at once.

import { useMemo, useState } from "react";
import { toast, toastError } from "../../components/toast";
import type { ChangedFiles } from "../../ipc/bindings/ChangedFiles";
import { request } from "../../ipc/request";
import { count } from "../../lib/format";
import { commentOf, type Draft } from "./drafts";
import { useDrafts } from "./useDrafts";

type Open = { id: string; where: "diff" | "side" };
type About = Pick<Draft, "file" | "line" | "end" | "quote">;

let begun = 0;

export function useComments(
  plan: string,
  task: string,
  attempt: number,
  changed: ChangedFiles | undefined,
  alone?: number,
) {
  const { placed, box } = useDrafts(plan, task, attempt, changed);
  const [open, setOpen] = useState<Open | null>(null);
  const [sending, setSending] = useState(false);
  // The same until something of it changes: notes in the diff hang on it.
  return useMemo(() => {
    const written = placed.filter(({ draft }) => draft.text.trim() !== "");
    // What reads otherwise now is not sent below lines that it was not written about.
    const ready = written.filter(({ standing }) => standing.is !== "outdated");
    const close = () => {
      setOpen(null);
      box.tidy();
    };
    return {
      placed,
      written,
      ready: ready.length,
      open,
      sending,
      close,
      begin: (about: About, where: Open["where"]) => {
        close();
        const id = `${Date.now().toString(36)}-${begun++}`;
        const print = changed?.files.find((file) => file.path === about.file)?.print ?? null;
        box.put({ ...about, id, text: "", head: changed?.head ?? "", print });
        setOpen({ id, where });
      },
      edit: (id: string, where: Open["where"]) => setOpen({ id, where }),
      /** Takes letters as they come; they are part of the draft once they rest. */
      type: box.type,
      rest: box.flush,
      /** Takes a comment off its lines: it is about the file from then on. */
      detach: (draft: Draft) => box.put({ ...draft, line: null, end: null, quote: [] }),
      remove: (id: string) => {
        setOpen((now) => (now?.id === id ? null : now));
        box.remove([id]);
      },
      /** Sends what is ready; drafts go only once the engine has taken them. */
      send: async (): Promise<void> => {
        box.flush();
        const texts = new Map(box.all().map(({ id, text }) => [id, text]));
        setSending(true);
        setOpen(null);
        try {
          const comments = ready.map(({ draft, standing }) =>
            commentOf({ ...draft, text: texts.get(draft.id) ?? draft.text }, standing),
          );
          await request({ type: "request_changes", plan, task, attempt: alone, comments });
          box.remove(ready.map(({ draft }) => draft.id));
          const said = comments.length > 0 ? count(comments.length, "comment") : "What is open";
          toast({ tone: "good", message: `${said} sent to the fixer` });
        } catch (problem) {
          toastError(problem);
        } finally {
          setSending(false);
        }
      },
    };
  }, [plan, task, alone, changed, placed, box, open, sending]);
}

export type Comments = ReturnType<typeof useComments>;
