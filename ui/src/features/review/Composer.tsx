// A comment being written. Its letters are its own until they rest, so that none of them paints the diff around it;
// closing it, or the window, loses nothing.

import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { testIds } from "../../testids";
import styles from "./Points.module.css";

type ComposerProps = {
  about: string;
  /** As it stood when it was opened. */
  text: string;
  onText: (text: string) => void;
  /** Whoever wrote looks elsewhere: what was typed is to be kept now. */
  onRest: () => void;
  onDone: () => void;
  onDelete: () => void;
};

export function Composer({ about, text: opened, onText, onRest, onDone, onDelete }: ComposerProps) {
  const [text, setText] = useState(opened);
  const rest = useRef(onRest);
  rest.current = onRest;
  useEffect(() => () => rest.current(), []);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    element.focus({ preventScroll: true });
    element.setSelectionRange(element.value.length, element.value.length);
  }, []);
  return (
    <div className={styles.composer}>
      <textarea
        ref={area}
        rows={Math.min(12, Math.max(3, text.split("\n").length))}
        aria-label={`Comment on ${about}`}
        placeholder="What should change, and why"
        value={text}
        data-testid={testIds.commentText}
        onChange={(event) => {
          setText(event.target.value);
          onText(event.target.value);
        }}
        onBlur={onRest}
        onKeyDown={(event) => {
          const ends = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
          if (!ends) return;
          event.preventDefault();
          event.stopPropagation();
          onDone();
        }}
      />
      <div className={styles.buttons}>
        <Button
          size="small"
          keyHint="mod+enter"
          disabled={text.trim() === ""}
          data-testid={testIds.commentDone}
          onClick={onDone}
        >
          Keep as draft
        </Button>
        <Button size="small" look="plain" onClick={onDelete}>
          {text.trim() === "" ? "Cancel" : "Delete"}
        </Button>
      </div>
    </div>
  );
}
