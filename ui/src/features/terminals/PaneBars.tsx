// The lines that a pane shows when it has something to ask: search, a paste of several lines, a link.

import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { SafeText } from "../../components/diff/LineText";
import { count } from "../../lib/format";
import type { LinkQuestion } from "./links";
import { onOneLine, type PasteQuestion } from "./paste";
import styles from "./Terminals.module.css";

type SearchBarProps = {
  found: { at: number; of: number } | null;
  search: (text: string, step: 1 | -1) => void;
  close: () => void;
};

export function SearchBar({ found, search, close }: SearchBarProps) {
  const [text, setText] = useState("");
  const change = (next: string) => {
    setText(next);
    search(next, 1);
  };
  return (
    <search className={styles.bar}>
      <input
        className={styles.input}
        aria-label="Search in the output"
        placeholder="Search in the output"
        value={text}
        // biome-ignore lint/a11y/noAutofocus: the bar was asked for to type into it
        autoFocus
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") search(text, event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") close();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span className="quiet" aria-live="polite">
        {text !== "" && found && (found.of === 0 ? "Nothing found" : `${found.at} of ${found.of}`)}
      </span>
      <IconButton
        size="small"
        icon={<ChevronUp size={14} />}
        label="Previous"
        keyHint="shift+enter"
        onClick={() => search(text, -1)}
      />
      <IconButton
        size="small"
        icon={<ChevronDown size={14} />}
        label="Next"
        keyHint="enter"
        onClick={() => search(text, 1)}
      />
      <IconButton
        size="small"
        icon={<X size={14} />}
        label="Close the search"
        keyHint="escape"
        onClick={close}
      />
    </search>
  );
}

type PasteBarProps = {
  question: PasteQuestion;
  into: string;
  /** The text to paste, or null. */
  answer: (text: string | null) => void;
};

export function PasteBar({ question, into, answer }: PasteBarProps) {
  const { lines, preview, more, text } = question;
  return (
    <div
      className={styles.ask}
      role="alertdialog"
      aria-label="Paste several lines"
      onKeyDown={(event) => event.key === "Escape" && answer(null)}
    >
      <div className={styles.question}>
        <b>Paste {count(lines, "line")}</b> into {into}? Each line may run as a command.
        <pre className={styles.preview}>
          {preview.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text have no other name
            <div key={index}>
              <SafeText text={line} />
            </div>
          ))}
          {more > 0 && <div className="quiet">and {count(more, "line")} more</div>}
        </pre>
      </div>
      <Button look="plain" onClick={() => answer(null)}>
        Cancel
      </Button>
      {lines > 1 && <Button onClick={() => answer(onOneLine(text))}>Paste as one line</Button>}
      {/* The question came from the keyboard and is answered there. */}
      <Button look="primary" autoFocus onClick={() => answer(text)}>
        Paste
      </Button>
    </div>
  );
}

export function LinkBar({ question, answer }: { question: LinkQuestion; answer: (open: boolean) => void }) {
  return (
    <div
      className={styles.ask}
      role="alertdialog"
      aria-label="Open a link"
      onKeyDown={(event) => event.key === "Escape" && answer(false)}
    >
      <div className={styles.question}>
        Open <b>{question.host}</b> in your browser?
        {question.disguised && (
          <span className={styles.disguised}>
            {" "}
            The text says “<SafeText text={question.disguised} />
            ”, which is another place.
          </span>
        )}
        <pre className={styles.preview}>
          <SafeText text={question.url} />
        </pre>
      </div>
      <Button look="plain" onClick={() => answer(false)}>
        Cancel
      </Button>
      {/* The question is answered where it was raised. */}
      <Button look="primary" autoFocus onClick={() => answer(true)}>
        Open link
      </Button>
    </div>
  );
}
