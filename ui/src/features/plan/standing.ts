/* Rows of named things that stay where they are while a person edits them, however the engine orders the names. */

export interface Standing {
  /** Stays with the row, whatever its name becomes. */
  id: number;
  name: string;
}

/**
 * The rows as they stood, with what is new at the end. One name gone and one come is a row that was renamed (here,
 * by undo or in another window): it keeps its place.
 */
export function standing(before: readonly Standing[], names: readonly string[]): Standing[] {
  const known = new Set(before.map((row) => row.name));
  const come = names.filter((name) => !known.has(name));
  const gone = before.filter((row) => !names.includes(row.name));
  const [renamed] = come;
  if (gone.length === 1 && come.length === 1 && renamed !== undefined)
    return before.map((row) => (row === gone[0] ? { ...row, name: renamed } : row));
  const free = Math.max(-1, ...before.map((row) => row.id)) + 1;
  return [...before.filter((row) => !gone.includes(row)), ...come.map((name, i) => ({ id: free + i, name }))];
}
