import { showKey } from "../lib/keys";
import styles from "./Kbd.module.css";

/** A key, shown the way the system shows keys. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <kbd className={styles.kbd} aria-hidden>
      {showKey(keys)}
    </kbd>
  );
}
