// Writing comments: which draft is open and where, and sending all of them at once.

import { useState } from "react";
import { toast, toastError } from "../../components/toast";
import type { ChangedFiles } from "../../ipc/bindings/ChangedFiles";
import { request } from "../../ipc/request";
import { count } from "../../lib/format";
import { commentOf, type Draft } from "./drafts";
import { useDrafts } from "./useDrafts";

type Open = { id: string; where: "diff" | "side" };
type About = Pick<Draft, "file" | "line" | "end" | "quote">;

let begun = 0;

export function useComments(plan: string, task: string, attempt: number, changed: ChangedFiles | undefined) {
  const { placed, put, remove } = useDrafts(plan, task, attempt, changed);
  const [open, setOpen] = useState<Open | null>(null);
  const [sending, setSending] = useState(false);
  const isEmpty = ({ text }: Draft) => text.trim() === "";
  const written = placed.filter(({ draft }) => !isEmpty(draft));
  // What reads otherwise now is not sent below lines that it was not written about.
  const ready = written.filter(({ standing }) => standing.is !== "outdated");

  const close = () => {
    setOpen(null);
    remove(placed.filter(({ draft }) => isEmpty(draft)).map(({ draft }) => draft.id));
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
      put({ ...about, id, text: "", head: changed?.head ?? "", print });
      setOpen({ id, where });
    },
    edit: (id: string, where: Open["where"]) => setOpen({ id, where }),
    write: (draft: Draft, text: string) => put({ ...draft, text }),
    /** Takes a comment off its lines: it is about the file from then on. */
    detach: (draft: Draft) => put({ ...draft, line: null, end: null, quote: [] }),
    remove: (id: string) => {
      setOpen((now) => (now?.id === id ? null : now));
      remove([id]);
    },
    /** Sends what is ready; drafts go only once the engine has taken them. */
    send: async (): Promise<void> => {
      setSending(true);
      setOpen(null);
      try {
        const comments = ready.map(({ draft, standing }) => commentOf(draft, standing));
        await request({ type: "request_changes", plan, task, comments });
        remove(ready.map(({ draft }) => draft.id));
        const said = comments.length > 0 ? count(comments.length, "comment") : "What is open";
        toast({ tone: "good", message: `${said} sent to the fixer` });
      } catch (problem) {
        toastError(problem);
      } finally {
        setSending(false);
      }
    },
  };
}

export type Comments = ReturnType<typeof useComments>;
