import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import styles from "./Tabs.module.css";

export interface Tab<Id extends string> {
  id: Id;
  label: ReactNode;
  testId?: string;
  content: ReactNode;
}

interface Props<Id extends string> {
  /** Names the row of tabs for screen readers. */
  label: string;
  tabs: readonly Tab<Id>[];
  value: Id;
  onChange: (id: Id) => void;
}

/** Underlined tabs; only the open one is rendered. */
export function Tabs<Id extends string>({ label, tabs, value, onChange }: Props<Id>) {
  return (
    <Radix.Root
      className={styles.root}
      value={value}
      onValueChange={(next) => {
        const tab = tabs.find((t) => t.id === next);
        if (tab) onChange(tab.id);
      }}
    >
      <Radix.List className={styles.list} aria-label={label}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.id} value={tab.id} className={styles.tab} data-testid={tab.testId}>
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className={styles.content}>
          {tab.id === value && tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
