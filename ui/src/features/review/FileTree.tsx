// The changed files: virtualised, with a filter, folders that close, viewed marks and line counts.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight, Search } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { SafeText } from "../../components/diff/LineText";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { ChangedFiles } from "../../ipc/bindings/ChangedFiles";
import { count } from "../../lib/format";
import { testIds } from "../../testids";
import styles from "./Review.module.css";
import { filterFiles, statusLetter, type TreeRow, treeRows } from "./tree";

type FileTreeProps = {
  changed: ChangedFiles;
  selected: string | null;
  filter: string;
  onFilter: (filter: string) => void;
  onSelect: (path: string) => void;
  isViewed: (file: ChangedFile) => boolean;
  viewed: number;
};

const ROW = 26;

export function FileTree({ changed, selected, filter, onFilter, onSelect, isViewed, viewed }: FileTreeProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const files = useMemo(() => filterFiles(changed.files, filter), [changed.files, filter]);
  const rows = useMemo(() => treeRows(files, closed), [files, closed]);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
  });

  // Keys walk the files; the walked one stays in sight, and its folders open.
  useEffect(() => {
    if (!selected) return;
    const index = rows.findIndex((row) => row.kind === "file" && row.file.path === selected);
    if (index >= 0) list.scrollToIndex(index, { align: "auto" });
    else {
      setClosed((now) => {
        const open = [...now].filter((path) => !selected.startsWith(`${path}/`));
        return open.length === now.size ? now : new Set(open);
      });
    }
  }, [selected, rows, list]);

  const toggle = (path: string) =>
    setClosed((now) => {
      const next = new Set(now);
      if (!next.delete(path)) next.add(path);
      return next;
    });

  return (
    <nav className={styles.tree} aria-label="Changed files">
      <div className={styles.filter}>
        <Search size={13} aria-hidden />
        <input
          id="review-filter"
          aria-label="Filter files"
          placeholder="Filter files"
          value={filter}
          onChange={(event) => onFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              onFilter("");
              event.currentTarget.blur();
            } else if (event.key === "Enter") {
              const first = rows.find((row) => row.kind === "file");
              if (first?.kind === "file") onSelect(first.file.path);
              event.currentTarget.blur();
            } else return;
            event.stopPropagation();
          }}
        />
      </div>
      <div className={styles.treeSum}>
        {count(files.length, "file")}
        {viewed > 0 && ` · ${viewed} viewed`}
        <span className={styles.counts}>
          <Counts added={changed.added} deleted={changed.deleted} />
        </span>
      </div>
      <div ref={scroller} className={styles.treeRows}>
        {rows.length === 0 && <p className={styles.none}>No file matches.</p>}
        <ul style={{ height: list.getTotalSize(), position: "relative" }}>
          {list.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            return (
              row && (
                <li key={key} className={styles.treeRow} style={{ top: start }}>
                  <Row
                    row={row}
                    selected={selected}
                    isViewed={isViewed}
                    onSelect={onSelect}
                    onToggle={toggle}
                  />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </nav>
  );
}

type RowProps = {
  row: TreeRow;
  selected: string | null;
  isViewed: (file: ChangedFile) => boolean;
  onSelect: (path: string) => void;
  onToggle: (path: string) => void;
};

function Row({ row, selected, isViewed, onSelect, onToggle }: RowProps) {
  const indent = { paddingLeft: 8 + row.depth * 12 };
  if (row.kind === "folder") {
    return (
      <button
        type="button"
        className={styles.folder}
        style={indent}
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
  }
  const { file } = row;
  const { letter, word } = statusLetter[file.status];
  const viewed = isViewed(file);
  const told = [file.path, word, file.in_scope ? null : "outside the scope", viewed ? "viewed" : null]
    .filter(Boolean)
    .join(", ");
  return (
    <button
      type="button"
      className={styles.file}
      style={indent}
      aria-current={file.path === selected || undefined}
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
}

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
