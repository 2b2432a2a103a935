// A file's path, which gives way at its beginning where there is little room: the name stays.

import styles from "./decision.module.css";
import { SafeText } from "./diff/LineText";

export function FilePath({ path }: { path: string }) {
  return (
    <span className={styles.filePath} title={path} data-selectable>
      <bdi dir="ltr">
        <SafeText text={path} />
      </bdi>
    </span>
  );
}
