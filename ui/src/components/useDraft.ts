import { useEffect, useRef, useState } from "react";

/** Typing that rests this long is saved, in milliseconds. */
const rest = 1200;

/** How long a saved text is shown while the answer is under way; a refused one then gives way to the truth. */
const hold = 2000;

/**
 * A value being edited in place: what is typed is local until it rests, is confirmed or loses the focus; what
 * others change shows through only while nobody types.
 */
export function useDraft(value: string, onCommit: (next: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  const [held, setHeld] = useState<{ text: string; against: string } | null>(null);
  const latest = useRef({ value, draft, onCommit });
  latest.current = { value, draft, onCommit };
  const saved = useRef<string | null>(null);

  const commit = () => {
    const { draft: typed, value: known, onCommit: save } = latest.current;
    if (typed === null || typed === known || typed === saved.current) return;
    saved.current = typed;
    save(typed);
  };
  const commitRef = useRef(commit);
  commitRef.current = commit;

  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(() => commitRef.current(), rest);
    return () => clearTimeout(timer);
  }, [draft]);

  useEffect(() => {
    if (held === null) return;
    const timer = setTimeout(() => setHeld(null), hold);
    return () => clearTimeout(timer);
  }, [held]);

  // Leaving the place (another task, another tab) loses nothing.
  useEffect(() => () => commitRef.current(), []);

  return {
    text: draft ?? (held?.against === value ? held.text : value),
    type: (next: string) => {
      saved.current = null;
      setDraft(next);
    },
    commit,
    /** Ends the editing; keeps what was typed. */
    leave: () => {
      commit();
      if (draft !== null) setHeld({ text: draft, against: value });
      setDraft(null);
    },
    /** Ends the editing; what was typed and not yet saved is dropped. */
    revert: () => {
      latest.current.draft = null;
      setDraft(null);
    },
  };
}
