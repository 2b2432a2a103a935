import { expect, test } from "vitest";
import type { ChangedFile } from "../ipc/bindings/ChangedFile";
import { countsOf, filterFiles, treeOrder, treeRows } from "./fileTree";

const file = (path: string): ChangedFile => ({
  path,
  old_path: null,
  status: "modified",
  old_mode: "100644",
  new_mode: "100644",
  added: 1,
  deleted: 0,
  binary: false,
  in_scope: true,
  print: null,
});

const files = [
  "crates/storage/tests/queue.rs",
  "crates/storage/src/retry.rs",
  "Cargo.toml",
  "crates/storage/src/config.rs",
].map(file);

const shown = (closed: string[] = []) =>
  treeRows(files, new Set(closed)).map((row) => {
    const name = row.kind === "folder" ? `${row.name}/ (${row.files})` : row.name;
    return `${"  ".repeat(row.depth)}${name}`;
  });

test("folders first, chains of single folders on one row", () => {
  expect(shown()).toEqual([
    "crates/storage/ (3)",
    "  src/ (2)",
    "    config.rs",
    "    retry.rs",
    "  tests/ (1)",
    "    queue.rs",
    "Cargo.toml",
  ]);
});

test("a closed folder keeps its count and hides its files", () => {
  expect(shown(["crates/storage/src"])).toEqual([
    "crates/storage/ (3)",
    "  src/ (2)",
    "  tests/ (1)",
    "    queue.rs",
    "Cargo.toml",
  ]);
});

test("the order to walk is the tree's", () => {
  expect(treeOrder(files).map((one) => one.path)).toEqual([
    "crates/storage/src/config.rs",
    "crates/storage/src/retry.rs",
    "crates/storage/tests/queue.rs",
    "Cargo.toml",
  ]);
});

test("a filter's words all have to occur", () => {
  expect(filterFiles(files, "storage SRC").map((one) => one.path)).toEqual([
    "crates/storage/src/retry.rs",
    "crates/storage/src/config.rs",
  ]);
  expect(filterFiles(files, "  ")).toBe(files);
});

test("names of built-in properties are names like others", () => {
  expect(treeRows(["constructor/__proto__", "toString"].map(file), new Set()).map((row) => row.kind)).toEqual(
    ["folder", "file", "file"],
  );
});

test("the sum is that of the files that are listed, counted or not", () => {
  const binary = { ...file("a.png"), added: null, deleted: null };
  expect(countsOf([...filterFiles(files, "src"), binary])).toEqual({ added: 2, deleted: 0 });
  expect(countsOf([])).toEqual({ added: 0, deleted: 0 });
});
