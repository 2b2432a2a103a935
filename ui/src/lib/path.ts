/* Paths as text. The engine knows the file system; this only joins what a person typed. */

/** A typed path as one that does not depend on where a process runs: below `root`, unless it is absolute itself. */
export function pathIn(root: string, typed: string): string {
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(typed)) return typed;
  const separator = root.includes("\\") && !root.includes("/") ? "\\" : "/";
  return root.replace(/[/\\]+$/, "") + separator + typed.replace(/^\.[/\\]/, "");
}

/** The last part of a path in a repository. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What comes before it; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
