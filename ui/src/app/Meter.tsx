import type { Progress } from "../ipc/bindings/Progress";
import styles from "./app.module.css";

/** How far a plan is: landed, ready to review, running, in trouble; the rest is still to come. */
export function Meter({ progress: p }: { progress: Progress }) {
  const parts = [
    { hue: "land", n: p.landed },
    { hue: "ready", n: p.ready_to_review },
    { hue: "work", n: p.running },
    { hue: "need", n: p.needs_you },
    { hue: "fail", n: p.failed },
  ];
  return (
    <div
      className={styles.meter}
      role="progressbar"
      aria-label="Landed tasks"
      aria-valuemin={0}
      aria-valuemax={p.total}
      aria-valuenow={p.landed}
    >
      {parts.map(
        ({ hue, n }) =>
          n > 0 && <i key={hue} style={{ width: `${(100 * n) / p.total}%`, background: `var(--${hue})` }} />,
      )}
    </div>
  );
}
