// One row of the changed files: a folder that closes, or a file with what is to be known of it. Each is painted anew only
// when it shows something else.

import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { SafeText } from "../../components/diff/LineText";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import { statusLetter, type TreeRow } from "../../lib/fileTree";
import { testIds } from "../../testids";
import styles from "./Review.module.css";

type RowOf<Kind extends TreeRow["kind"]> = Extract<TreeRow, { kind: Kind }>;

const indentOf = (depth: number) => ({ paddingLeft: 8 + depth * 12 });

type FolderRowProps = { row: RowOf<"folder">; onToggle: (path: string) => void };

export const FolderRow = memo(function FolderRow({ row, onToggle }: FolderRowProps) {
  return (
    <button
      type="button"
      className={styles.folder}
      style={indentOf(row.depth)}
      aria-expanded={row.open}
      title={row.path}
      onClick={() => onToggle(row.path)}
    >
      {row.open ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
      <span className={styles.fileName}>
        <SafeText text={row.name} />
      </span>
      {!row.open && <span className={styles.counts}>{row.files}</span>}
    </button>
  );
});

type FileRowProps = {
  row: RowOf<"file">;
  selected: boolean;
  viewed: boolean;
  onSelect: (path: string) => void;
};

export const FileRow = memo(function FileRow({ row, selected, viewed, onSelect }: FileRowProps) {
  const { file } = row;
  const { letter, word } = statusLetter[file.status];
  const told = [file.path, word, file.in_scope ? null : "outside the scope", viewed ? "viewed" : null]
    .filter(Boolean)
    .join(", ");
  return (
    <button
      type="button"
      className={styles.file}
      style={indentOf(row.depth)}
      aria-current={selected || undefined}
      aria-label={told}
      title={told}
      data-viewed={viewed || undefined}
      data-testid={testIds.reviewFile(file.path)}
      onClick={() => onSelect(file.path)}
    >
      <span className={styles.letter} data-status={file.status}>
        {letter}
      </span>
      <span className={styles.fileName}>
        <SafeText text={row.name} />
      </span>
      {!file.in_scope && <span className={styles.outside}>outside</span>}
      <span className={styles.counts}>{viewed ? "✓" : <FileCounts file={file} />}</span>
    </button>
  );
});

function FileCounts({ file }: { file: ChangedFile }) {
  if (file.binary) return "binary";
  return <Counts added={file.added ?? 0} deleted={file.deleted ?? 0} />;
}

export function Counts({ added, deleted }: { added: number; deleted: number }) {
  return (
    <>
      {added > 0 && <span className={styles.added}>+{added.toLocaleString("en")}</span>}
      {deleted > 0 && <span className={styles.deleted}>−{deleted.toLocaleString("en")}</span>}
    </>
  );
}
