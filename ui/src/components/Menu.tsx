/* A menu of a button, and the same as a context menu's content. */
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./Kbd";
import styles from "./surface.module.css";

export interface MenuItem {
  id: string;
  label: ReactNode;
  icon?: ReactNode;
  note?: ReactNode;
  keyHint?: string | undefined;
  danger?: boolean;
  disabled?: boolean;
  testId?: string;
  run: () => void;
}

/** A rule between groups of items, with a heading or without. */
export type MenuEntry = MenuItem | { rule: true; label?: string };

interface Props {
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  align?: "start" | "center" | "end";
  side?: "top" | "bottom" | "left" | "right";
}

export function Menu({ trigger, entries, align = "start", side = "bottom" }: Props) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.float} align={align} side={side} sideOffset={4} collisionPadding={8}>
          {entries.map((entry, i) =>
            "rule" in entry ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: rules have no other name than their place
              <Rule key={`rule-${i}`} label={entry.label} first={i === 0} />
            ) : (
              <Radix.Item
                key={entry.id}
                className={styles.item}
                disabled={entry.disabled ?? false}
                data-danger={entry.danger || undefined}
                data-testid={entry.testId}
                onSelect={entry.run}
              >
                {entry.icon}
                {entry.label}
                {entry.note && <span className={styles.note}>{entry.note}</span>}
                {entry.keyHint && <Kbd keys={entry.keyHint} />}
              </Radix.Item>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Rule({ label, first }: { label: string | undefined; first: boolean }) {
  return (
    <>
      {!first && <Radix.Separator className={styles.rule} />}
      {label && <Radix.Label className={styles.label}>{label}</Radix.Label>}
    </>
  );
}
