/* Modal only for what must be: destructive confirmation, trust, a first name. */
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "./Button";
import styles from "./surface.module.css";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  testId?: string;
}

export function Dialog({ open, onClose, title, children, footer, wide = false, testId }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content
          className={styles.dialog}
          data-wide={wide}
          data-testid={testId}
          aria-describedby={undefined}
          data-keys="own"
        >
          <Radix.Title className={styles.dialogTitle}>{title}</Radix.Title>
          <div className={styles.dialogBody}>{children}</div>
          {footer && <div className={styles.dialogFoot}>{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What goes, what is kept, and where. */
  children: ReactNode;
  verb: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks once before something that can't simply be undone. */
export function Confirm({
  open,
  onClose,
  title,
  children,
  verb,
  danger = false,
  busy = false,
  onConfirm,
}: ConfirmProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      testId="confirm"
      footer={
        <>
          <Button look="plain" onClick={onClose}>
            Cancel
          </Button>
          <Button
            look={danger ? "danger" : "primary"}
            busy={busy}
            data-testid="confirm-yes"
            autoFocus
            onClick={onConfirm}
          >
            {verb}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
