/* Buttons: what they say is a verb; the key that does the same stands beside it. */
import { Slot } from "radix-ui";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "../lib/cx";
import styles from "./Button.module.css";
import { Kbd } from "./Kbd";
import { Tooltip } from "./Tooltip";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "normal" | "primary" | "danger";
  size?: "small" | "normal";
  icon?: ReactNode;
  /** The key that does the same, as written in keys.ts. */
  keyHint?: string | undefined;
  /** Shows that what it started goes on. */
  busy?: boolean;
  asChild?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look = "normal",
  size = "normal",
  icon,
  keyHint,
  busy = false,
  asChild = false,
  className,
  children,
  disabled,
  ref,
  ...rest
}: ButtonProps) {
  const names = cx(styles.button, styles[look], size === "small" && styles.small, className);
  if (asChild) {
    return (
      <Slot.Root className={names} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      ref={ref}
      className={names}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <span className={styles.spinner} aria-hidden /> : icon}
      {children}
      {keyHint && <Kbd keys={keyHint} />}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "icon" | "children" | "asChild"> {
  icon: ReactNode;
  /** What it does; also the tooltip, together with its key. */
  label: string;
  side?: "top" | "bottom" | "left" | "right";
}

export function IconButton({
  icon,
  label,
  keyHint,
  className,
  side,
  look = "plain",
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keyHint={keyHint} side={side}>
      <Button look={look} aria-label={label} className={cx(styles.icon, className)} {...rest}>
        {icon}
      </Button>
    </Tooltip>
  );
}
