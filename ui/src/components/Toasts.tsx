import { X } from "lucide-react";
import { useEffect } from "react";
import { Button, IconButton } from "./Button";
import { StatusShape } from "./StatusShape";
import styles from "./Toasts.module.css";
import { dismissToast, type Toast, useToasts } from "./toast";

/** How long a toast that asks for nothing stays, in milliseconds. */
const stay = 6000;

const looks = {
  quiet: { shape: "circle", hue: "quiet" },
  good: { shape: "check", hue: "land" },
  warn: { shape: "diamond", hue: "need" },
  error: { shape: "cross", hue: "fail" },
} as const;

export function Toasts() {
  const toasts = useToasts((s) => s.toasts);
  return (
    <section className={styles.stack} aria-label="Messages" aria-live="polite">
      {toasts.map((t) => (
        <OneToast key={t.id} toast={t} />
      ))}
    </section>
  );
}

function OneToast({ toast }: { toast: Toast }) {
  const { id, tone } = toast;
  useEffect(() => {
    if (tone === "error") return;
    const timer = setTimeout(() => dismissToast(id), stay);
    return () => clearTimeout(timer);
  }, [id, tone]);
  const look = looks[tone];
  return (
    <div
      className={styles.toast}
      data-testid="toast"
      data-tone={tone}
      role={tone === "error" ? "alert" : undefined}
    >
      <StatusShape shape={look.shape} hue={look.hue} />
      <div className={styles.text} data-selectable>
        <div>{toast.message}</div>
        {toast.hint && <div className="quiet">{toast.hint}</div>}
      </div>
      {toast.action && (
        <Button
          size="small"
          onClick={() => {
            toast.action?.run();
            dismissToast(id);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton size="small" icon={<X size={14} />} label="Dismiss" onClick={() => dismissToast(id)} />
    </div>
  );
}
