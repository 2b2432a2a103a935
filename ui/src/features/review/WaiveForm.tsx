// Doing without something, for a reason that stays on record. In place: what it is about stays in sight.

import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { testIds } from "../../testids";
import styles from "./Points.module.css";

export function WaiveButton({ what, onClick }: { what: string; onClick: () => void }) {
  return (
    <button type="button" className={styles.quietButton} aria-label={`Waive ${what}`} onClick={onClick}>
      Waive…
    </button>
  );
}

type WaiveFormProps = {
  what: string;
  /** Gives whether it was accepted; a refused reason stays to be mended. */
  onWaive: (reason: string) => Promise<boolean>;
  onClose: () => void;
};

export function WaiveForm({ what, onWaive, onClose }: WaiveFormProps) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const send = async () => {
    if (reason.trim() === "" || busy) return;
    setBusy(true);
    const accepted = await onWaive(reason.trim());
    setBusy(false);
    if (accepted) onClose();
  };
  return (
    <form
      className={styles.waive}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <input
        ref={input}
        aria-label={`Why ${what} is not needed`}
        placeholder="Why it is not needed"
        value={reason}
        data-testid={testIds.waiveReason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button
        type="submit"
        size="small"
        look="primary"
        busy={busy}
        disabled={reason.trim() === ""}
        data-testid={testIds.waiveYes}
      >
        Waive
      </Button>
      <Button size="small" look="plain" keyHint="escape" onClick={onClose}>
        Cancel
      </Button>
    </form>
  );
}
