/* Fields that save themselves. Each knows its label; the value outside is the truth. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { cx } from "../lib/cx";
import { readDuration, writeDuration } from "../lib/format";
import styles from "./fields.module.css";
import { useDraft } from "./useDraft";

interface Common {
  label: string;
  /** What may be entered, or what it is for. */
  hint?: React.ReactNode;
  testId?: string | undefined;
  disabled?: boolean;
  /** Shown only to screen readers, where the place says it already. */
  hideLabel?: boolean;
}

interface ShellProps extends Pick<Common, "label" | "hint" | "hideLabel"> {
  id: string;
  problem?: string | null;
  children: React.ReactNode;
}

function Shell({ id, label, hint, problem, hideLabel, children }: ShellProps) {
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      <div className={styles.body}>
        {children}
        {problem ? (
          <div className={styles.problem} role="alert">
            {problem}
          </div>
        ) : (
          hint && <div className={styles.hint}>{hint}</div>
        )}
      </div>
    </div>
  );
}

interface TextProps extends Common {
  value: string;
  onCommit: (next: string) => void;
  placeholder?: string;
  mono?: boolean;
  /** Several lines; grows with its text. */
  lines?: number;
  /** Says why a text can't be taken; null when it can. */
  check?: (text: string) => string | null;
}

export function TextField({
  label,
  hint,
  testId,
  disabled,
  hideLabel,
  value,
  onCommit,
  placeholder,
  mono,
  lines,
  check,
}: TextProps) {
  const id = useId();
  const problemOf = (text: string) => check?.(text) ?? null;
  const draft = useDraft(value, (next) => {
    if (problemOf(next) === null) onCommit(next);
  });
  const problem = problemOf(draft.text);
  const shared = {
    id,
    value: draft.text,
    placeholder,
    disabled,
    "data-testid": testId,
    "aria-invalid": problem !== null || undefined,
    spellCheck: !mono,
    className: cx(styles.input, mono && "mono"),
    onBlur: draft.leave,
  };
  return (
    <Shell id={id} label={label} hint={hint} problem={problem} hideLabel={hideLabel ?? false}>
      {lines ? (
        <GrowingText
          {...shared}
          minLines={lines}
          onType={draft.type}
          onKeyDown={(e) => {
            if (e.key === "Escape") endWith(e, draft.revert);
            if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) endWith(e, draft.commit);
          }}
        />
      ) : (
        <input
          type="text"
          {...shared}
          onChange={(e) => draft.type(e.target.value)}
          onKeyDown={(e) => {
            if (e.key === "Escape") endWith(e, draft.revert);
            if (e.key === "Enter") endWith(e, draft.commit);
          }}
        />
      )}
    </Shell>
  );
}

function endWith(e: React.KeyboardEvent<HTMLElement>, end: () => void): void {
  e.preventDefault();
  e.stopPropagation();
  end();
  if (e.key === "Escape" || e.currentTarget instanceof HTMLInputElement) e.currentTarget.blur();
}

interface GrowingProps extends Omit<React.TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> {
  minLines: number;
  onType: (text: string) => void;
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

function GrowingText({ minLines, onType, ...rest }: GrowingProps) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const text = rest.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    if (ref.current) grow(ref.current);
  }, [text]);
  // Its width decides how its text wraps, and panels resize.
  useEffect(() => {
    const area = ref.current;
    if (!area) return;
    let width = area.clientWidth;
    const observer = new ResizeObserver(() => {
      if (area.clientWidth === width) return;
      width = area.clientWidth;
      grow(area);
    });
    observer.observe(area);
    return () => observer.disconnect();
  }, []);
  return <textarea ref={ref} rows={minLines} {...rest} onChange={(e) => onType(e.target.value)} />;
}

interface ListProps extends Common {
  value: readonly string[];
  onCommit: (next: string[]) => void;
  placeholder?: string;
}

/** A list of words, one on each line. */
export function ListField({ value, onCommit, ...rest }: ListProps) {
  return (
    <TextField
      {...rest}
      mono
      lines={Math.max(1, value.length)}
      value={value.join("\n")}
      onCommit={(text) => onCommit(linesOf(text))}
    />
  );
}

/** The lines of a text without blanks and empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

interface DurationProps extends Common {
  /** Milliseconds; null when there is none. */
  value: number | null;
  /** Zero when it was emptied. */
  onCommit: (ms: number) => void;
  placeholder?: string;
}

export function DurationField({ value, onCommit, ...rest }: DurationProps) {
  return (
    <TextField
      {...rest}
      value={value ? writeDuration(value) : ""}
      check={(text) => (readDuration(text) === null ? "Write it as 10m, 90s or 1h 30m." : null)}
      onCommit={(text) => onCommit(readDuration(text) ?? 0)}
    />
  );
}

interface NumberProps extends Common {
  value: number;
  min: number;
  max: number;
  onCommit: (next: number) => void;
}

export function NumberField({ value, min, max, onCommit, ...rest }: NumberProps) {
  return (
    <TextField
      {...rest}
      value={String(value)}
      check={(text) => {
        const n = Number(text);
        const good = Number.isInteger(n) && n >= min && n <= max && text.trim() !== "";
        return good ? null : `A whole number from ${min} to ${max}.`;
      }}
      onCommit={(text) => onCommit(Number(text))}
    />
  );
}

interface SelectProps<Id extends string> extends Common {
  value: Id;
  options: readonly { id: Id; label: string }[];
  onCommit: (next: Id) => void;
}

export function SelectField<Id extends string>({
  label,
  hint,
  testId,
  disabled,
  hideLabel,
  value,
  options,
  onCommit,
}: SelectProps<Id>) {
  const id = useId();
  return (
    <Shell id={id} label={label} hint={hint} hideLabel={hideLabel ?? false}>
      <select
        id={id}
        className={cx(styles.input, styles.select)}
        value={value}
        disabled={disabled}
        data-testid={testId}
        onChange={(e) => {
          const option = options.find((o) => o.id === e.target.value);
          if (option) onCommit(option.id);
        }}
      >
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
    </Shell>
  );
}

interface EntryProps extends Common {
  placeholder?: string;
  mono?: boolean;
  initial?: string;
  autoFocus?: boolean;
  onChange: (text: string) => void;
  onEnter?: () => void;
}

/** A text that nothing saves: for dialogs. */
export function EntryField({
  label,
  hint,
  testId,
  hideLabel,
  placeholder,
  mono,
  initial = "",
  autoFocus,
  onChange,
  onEnter,
}: EntryProps) {
  const id = useId();
  const [text, setText] = useState(initial);
  return (
    <Shell id={id} label={label} hint={hint} hideLabel={hideLabel ?? false}>
      <input
        id={id}
        type="text"
        className={cx(styles.input, mono && "mono")}
        value={text}
        placeholder={placeholder}
        data-testid={testId}
        spellCheck={!mono}
        // biome-ignore lint/a11y/noAutofocus: the dialog was asked for to enter this
        autoFocus={autoFocus}
        onChange={(e) => {
          setText(e.target.value);
          onChange(e.target.value);
        }}
        onKeyDown={(e) => {
          if (e.key === "Enter" && onEnter) {
            e.preventDefault();
            onEnter();
          }
        }}
      />
    </Shell>
  );
}
