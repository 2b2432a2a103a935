// Every file that either changed: virtualised, with who changed it, a filter, and what of it is collected.

import { useVirtualizer } from "@tanstack/react-virtual";
import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import { SafeText } from "../../components/diff/LineText";
import type { ComparedFile } from "../../ipc/bindings/ComparedFile";
import { count } from "../../lib/format";
import { folderOf, nameOf } from "../../lib/path";
import { testIds } from "../../testids";
import { type Parts, partWord } from "./collected";
import styles from "./Union.module.css";
import { countMarks, type MarkFilter, markOf, marks, markWords } from "./union";

interface Props {
  files: readonly ComparedFile[];
  shown: readonly ComparedFile[];
  selected: string | null;
  parts: Parts;
  mark: MarkFilter;
  onMark: (mark: MarkFilter) => void;
  filter: string;
  onFilter: (filter: string) => void;
  onSelect: (path: string) => void;
}

const ROW = 28;

export function UnionList({
  files,
  shown,
  selected,
  parts,
  mark,
  onMark,
  filter,
  onFilter,
  onSelect,
}: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  // Keys walk the files; the walked one stays in sight.
  useEffect(() => {
    const index = shown.findIndex((file) => file.path === selected);
    if (index >= 0) list.scrollToIndex(index, { align: "auto" });
  }, [selected, shown, list]);
  const counts = countMarks(files);
  return (
    <nav className={styles.union} aria-label="Files that either changed">
      <div className={styles.filter}>
        <Search size={13} aria-hidden />
        <input
          id="compare-filter"
          aria-label="Filter files"
          placeholder="Filter files"
          value={filter}
          onChange={(event) => onFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onFilter("");
            else if (event.key === "Enter" && shown[0]) onSelect(shown[0].path);
            else return;
            event.currentTarget.blur();
            event.stopPropagation();
          }}
        />
      </div>
      <fieldset className={styles.marks}>
        <legend className="visually-hidden">Which files</legend>
        {(["all", ...marks] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={mark === one}
            aria-label={
              one === "all"
                ? `All, ${count(counts.all, "file")}`
                : `Changed by ${markWords[one].word}, ${count(counts[one], "file")}`
            }
            title={one === "all" ? "Every file" : `Changed by ${markWords[one].word}`}
            disabled={counts[one] === 0 && mark !== one}
            data-testid={testIds.compareMark(one)}
            onClick={() => onMark(mark === one ? "all" : one)}
          >
            <b>{one === "all" ? "All" : markWords[one].short}</b> {counts[one]}
          </button>
        ))}
      </fieldset>
      <div ref={scroller} className={styles.unionRows}>
        {shown.length === 0 && (
          <p className={styles.none}>
            {files.length === 0 ? "Neither changed a file yet." : "No file matches."}
          </p>
        )}
        <ul style={{ height: list.getTotalSize(), position: "relative" }}>
          {list.getVirtualItems().map(({ index, start, key }) => {
            const file = shown[index];
            return (
              file && (
                <li key={key} className={styles.unionRow} style={{ top: start }}>
                  <Row
                    file={file}
                    selected={file.path === selected}
                    part={parts.find((part) => part.path === file.path)}
                    onSelect={onSelect}
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

interface RowProps {
  file: ComparedFile;
  selected: boolean;
  part: Parts[number] | undefined;
  onSelect: (path: string) => void;
}

function Row({ file, selected, part, onSelect }: RowProps) {
  const mark = markOf(file);
  const outside = file.a?.in_scope === false || file.b?.in_scope === false;
  const gone = [file.a?.status === "deleted" ? "A" : null, file.b?.status === "deleted" ? "B" : null].filter(
    Boolean,
  );
  const told = [
    file.path,
    `changed by ${markWords[mark].word}`,
    gone.length > 0 ? `deleted by ${gone.join(" and ")}` : null,
    outside ? "outside the scope" : null,
    part ? `collected: ${partWord(part)}` : null,
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <button
      type="button"
      className={styles.file}
      aria-current={selected || undefined}
      aria-label={told}
      title={told}
      data-mark={mark}
      data-testid={testIds.compareFile(file.path)}
      onClick={() => onSelect(file.path)}
    >
      <span className={styles.fileName} data-gone={gone.length > 0 || undefined}>
        <SafeText text={nameOf(file.path)} />
      </span>
      <span className={styles.folder}>
        <SafeText text={folderOf(file.path)} />
      </span>
      {outside && <span className={styles.outside}>outside</span>}
      {part && <span className={styles.part}>{part.hunks.length === 0 ? "file" : part.hunks.length}</span>}
      <span className={styles.sign}>{markWords[mark].sign}</span>
    </button>
  );
}
