import { useEffect, useLayoutEffect, useRef } from "react";
import styles from "./plan.module.css";

interface Props {
  value: string;
  placeholder?: string;
  testId?: string;
  /** The text when it was confirmed or left; null when it was given up. Called once. */
  onDone: (title: string | null) => void;
}

function take(input: HTMLInputElement | null): void {
  input?.focus();
  input?.select();
}

/** A title being edited where it stands: Enter or leaving keeps it, Escape gives it up. */
export function TitleInput({ value, placeholder, testId, onDone }: Props) {
  const ref = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  // At once: a letter typed before the next frame would be a shortcut.
  useLayoutEffect(() => take(ref.current), []);
  useEffect(() => {
    // The canvas moves the focus to a new node itself; the title takes it back after that.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== ref.current) take(ref.current);
    });
    return () => cancelAnimationFrame(frame);
  }, []);
  const finish = (title: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(title);
  };
  return (
    <input
      ref={ref}
      className={`${styles.titleInput} nodrag nopan`}
      defaultValue={value}
      placeholder={placeholder}
      aria-label="Title"
      data-testid={testId}
      spellCheck
      onBlur={(e) => finish(e.currentTarget.value.trim())}
      onDoubleClick={(e) => e.stopPropagation()}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === "Enter") finish(e.currentTarget.value.trim());
        if (e.key === "Escape") finish(null);
      }}
    />
  );
}
