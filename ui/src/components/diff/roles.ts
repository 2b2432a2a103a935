// Table semantics without table elements: rows that are out of view do not exist, and a <table> can neither
// place its rows absolutely nor say how many there really are.

export const asTable = (label: string, rows: number) => ({
  role: "table",
  "aria-label": label,
  "aria-rowcount": rows,
});
export const asRow = (row: number) => ({ role: "row", "aria-rowindex": row + 1 });
export const asCell = { role: "cell" } as const;
