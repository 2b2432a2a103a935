import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import styles from "./Segmented.module.css";

interface Props<Id extends string> {
  label: string;
  options: readonly { id: Id; label: ReactNode; testId?: string; title?: string }[];
  value: Id;
  onChange: (id: Id) => void;
}

/** One of a few, all in sight. */
export function Segmented<Id extends string>({ label, options, value, onChange }: Props<Id>) {
  return (
    <ToggleGroup.Root
      type="single"
      className={styles.group}
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const option = options.find((o) => o.id === next);
        if (option) onChange(option.id);
      }}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.id}
          value={option.id}
          className={styles.option}
          data-testid={option.testId}
          title={option.title}
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
