// The changed files: virtualised, with a filter, folders that close, viewed marks and line counts.

import { Search } from "lucide-react";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useWindow } from "../../components/useWindow";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { ChangedFiles } from "../../ipc/bindings/ChangedFiles";
import { countsOf, filterFiles, type TreeRow, treeRows } from "../../lib/fileTree";
import { count } from "../../lib/format";
import styles from "./Review.module.css";
import { Counts, FileRow, FolderRow } from "./TreeRows";

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

/** Painted anew when what it lists is another, not whenever something else of the review is. */
export const FileTree = memo(function FileTree(props: FileTreeProps) {
  const { changed, selected, filter, onFilter, onSelect, isViewed, viewed } = props;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const files = useMemo(() => filterFiles(changed.files, filter), [changed.files, filter]);
  const rows = useMemo(() => treeRows(files, closed), [files, closed]);
  const sum = useMemo(() => countsOf(files), [files]);
  const { first, last, onScroll, show } = useWindow(scroller, ROW, rows.length);
  const places = useMemo(
    () => new Map(rows.flatMap((row, place) => (row.kind === "file" ? [[row.file.path, place]] : []))),
    [rows],
  );

  // Keys walk the files; the walked one stays in sight, and its folders open.
  useEffect(() => {
    if (!selected) return;
    const place = places.get(selected);
    if (place !== undefined) show(place);
    else {
      setClosed((now) => {
        const open = [...now].filter((path) => !selected.startsWith(`${path}/`));
        return open.length === now.size ? now : new Set(open);
      });
    }
  }, [selected, places, show]);

  const toggle = useCallback((path: string) => {
    setClosed((now) => {
      const next = new Set(now);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  }, []);

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
          <Counts {...sum} />
        </span>
      </div>
      <div ref={scroller} className={styles.treeRows} onScroll={onScroll}>
        {rows.length === 0 && <p className={styles.none}>No file matches.</p>}
        <ul style={{ height: rows.length * ROW }}>
          {rows.slice(first, last).map((row, n) => (
            <li key={keyOf(row)} className={styles.treeRow} style={{ top: (first + n) * ROW }}>
              {row.kind === "folder" ? (
                <FolderRow row={row} onToggle={toggle} />
              ) : (
                <FileRow
                  row={row}
                  selected={row.file.path === selected}
                  viewed={isViewed(row.file)}
                  onSelect={onSelect}
                />
              )}
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
});

const keyOf = (row: TreeRow) => (row.kind === "file" ? row.file.path : `${row.path}/`);
