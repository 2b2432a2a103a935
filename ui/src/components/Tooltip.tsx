import { Tooltip as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./Kbd";
import styles from "./Tooltip.module.css";

interface Props {
  text: ReactNode;
  keyHint?: string | undefined;
  side?: "top" | "bottom" | "left" | "right" | undefined;
  children: ReactElement;
}

/** What a thing is or does, with its key, after a moment's rest of the pointer. */
export function Tooltip({ text, keyHint, side, children }: Props) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.tip} sideOffset={6} collisionPadding={8} side={side}>
          {text}
          {keyHint && <Kbd keys={keyHint} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = Radix.Provider;
