// Where rows are: all are of one height except notes, whose heights are measured. Only the rows inside the
// viewport (and a few beyond) are ever painted.

export const ROW_HEIGHT = 20;

/** Heights of the rows that are not `ROW_HEIGHT`, ascending by row. */
export type Geometry = {
  count: number;
  rows: readonly number[];
  /** Pixels by which everything below `rows[i]` is shifted, cumulative. */
  shift: readonly number[];
  total: number;
};

export function geometryOf(
  count: number,
  special: readonly number[],
  heightOf: (row: number) => number,
): Geometry {
  const shift: number[] = [];
  let sum = 0;
  for (const row of special) {
    sum += heightOf(row) - ROW_HEIGHT;
    shift.push(sum);
  }
  return { count, rows: special, shift, total: count * ROW_HEIGHT + sum };
}

/** How many special rows lie before `row`. */
function before(geometry: Geometry, row: number): number {
  let low = 0;
  let high = geometry.rows.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((geometry.rows[mid] ?? 0) < row) low = mid + 1;
    else high = mid;
  }
  return low;
}

export function topOf(geometry: Geometry, row: number): number {
  const passed = before(geometry, row);
  return row * ROW_HEIGHT + (passed > 0 ? (geometry.shift[passed - 1] ?? 0) : 0);
}

/** The row at a distance from the top, clamped to the rows there are. */
export function rowAt(geometry: Geometry, y: number): number {
  let low = 0;
  let high = Math.max(0, geometry.count - 1);
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (topOf(geometry, mid) <= y) low = mid;
    else high = mid - 1;
  }
  return low;
}

/** First row and the row after the last to paint for a viewport, with `beyond` rows around it. */
export function seen(geometry: Geometry, top: number, height: number, beyond = 8): [number, number] {
  if (geometry.count === 0) return [0, 0];
  const first = Math.max(0, rowAt(geometry, top) - beyond);
  const last = Math.min(geometry.count, rowAt(geometry, top + height) + 1 + beyond);
  return [first, last];
}
