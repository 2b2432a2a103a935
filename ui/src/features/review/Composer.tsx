// A comment being written. Every letter is kept as a draft, so closing it, or the window, loses nothing.

import { useEffect, useRef } from "react";
import { Button } from "../../components/Button";
import { testIds } from "../../testids";
import styles from "./Points.module.css";

type ComposerProps = {
  about: string;
  text: string;
  onText: (text: string) => void;
  onDone: () => void;
  onDelete: () => void;
};

export function Composer({ about, text, onText, onDone, onDelete }: ComposerProps) {
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
        onChange={(event) => onText(event.target.value)}
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
