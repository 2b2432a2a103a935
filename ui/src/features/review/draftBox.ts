// The drafts of one attempt and what is being typed into them. Letters are kept apart until they rest, so that one
// keystroke is the business of its text field alone, and then told and stored together.

import { type Draft, keepDrafts, put, readDrafts } from "./drafts";

/** Letters that rest this long are told and stored, in milliseconds. */
const REST = 400;

const isEmpty = ({ text }: Draft) => text.trim() === "";

export function draftBox(storage: Storage, key: string) {
  let drafts: readonly Draft[] = readDrafts(storage, key);
  let listener: ((drafts: readonly Draft[]) => void) | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const typed = new Map<string, string>();

  const change = (next: readonly Draft[]) => {
    drafts = next;
    keepDrafts(storage, key, drafts);
    listener?.(drafts);
  };
  const flush = () => {
    clearTimeout(timer);
    if (typed.size === 0) return;
    const texts = new Map(typed);
    typed.clear();
    change(drafts.map((draft) => ({ ...draft, text: texts.get(draft.id) ?? draft.text })));
  };
  return {
    all: () => drafts,
    /** Whom changes are told; null ends it. */
    tell: (to: typeof listener) => {
      listener = to;
    },
    type: (id: string, text: string) => {
      typed.set(id, text);
      clearTimeout(timer);
      timer = setTimeout(flush, REST);
    },
    /** Tells and stores what was typed, now. */
    flush,
    put: (draft: Draft) => {
      flush();
      change(put(drafts, draft));
    },
    remove: (ids: readonly string[]) => {
      for (const id of ids) typed.delete(id);
      flush();
      change(drafts.filter((draft) => !ids.includes(draft.id)));
    },
    /** Drops those that were only begun. */
    tidy: () => {
      flush();
      if (drafts.some(isEmpty)) change(drafts.filter((draft) => !isEmpty(draft)));
    },
  };
}

export type DraftBox = ReturnType<typeof draftBox>;
