/* Numbers, times and ids for people. Durations are milliseconds, times milliseconds since the Unix epoch. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** "8 s", "1 m 12 s", "6 min", "1 h 20 min": two parts at most, no more exact than it helps. */
export function duration(ms: number): string {
  if (ms < second) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < 10 * minute) {
    const s = Math.floor((ms % minute) / second);
    return s ? `${Math.floor(ms / minute)} m ${s} s` : `${Math.floor(ms / minute)} min`;
  }
  if (ms < hour) return `${Math.round(ms / minute)} min`;
  const m = Math.round((ms % hour) / minute);
  if (ms < day) return m ? `${Math.floor(ms / hour)} h ${m} min` : `${Math.floor(ms / hour)} h`;
  return `${Math.floor(ms / day)} d ${Math.round((ms % day) / hour)} h`;
}

/** Whole units, for estimates and forecasts: "41 min", "2 h 5 min". */
export function roughly(ms: number): string {
  if (ms < minute) return "under a minute";
  const minutes = Math.round(ms / minute);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** "just now", "12 min ago", "3 h ago", "2 d ago". */
export function ago(at: number, now: number): string {
  const past = now - at;
  if (past < 10 * second) return "just now";
  if (past < minute) return `${Math.floor(past / second)} s ago`;
  if (past < hour) return `${Math.floor(past / minute)} min ago`;
  if (past < day) return `${Math.floor(past / hour)} h ago`;
  return `${Math.floor(past / day)} d ago`;
}

const exactFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});

export function exactTime(at: number): string {
  return exactFormat.format(at);
}

const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

export function clock(at: number): string {
  return clockFormat.format(at);
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = n;
  let unit = "B";
  for (const next of units) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** A commit as people read it; anything that is no object id stays whole. */
export function shortId(id: string): string {
  return /^[0-9a-f]{12,64}$/.test(id) ? id.slice(0, 7) : id;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** Reads "10m", "1h 30m", "90", "90s", "0.5h" (a plain number is minutes); null when it is no duration, 0 when empty. */
export function readDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "") return 0;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * minute);
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h|d)(?![a-z])/g)];
  if (
    parts
      .map((p) => p[0])
      .join("")
      .replace(/\s/g, "") !== trimmed.replace(/\s/g, "")
  )
    return null;
  const units: Record<string, number> = {
    ms: 1,
    s: second,
    sec: second,
    m: minute,
    min: minute,
    h: hour,
    d: day,
  };
  return Math.round(parts.reduce((sum, p) => sum + Number(p[1]) * (units[p[2] ?? ""] ?? 0), 0));
}

/** The text that `readDuration` reads back: "1h 30m". */
export function writeDuration(ms: number): string {
  if (ms <= 0) return "";
  const parts: string[] = [];
  const h = Math.floor(ms / hour);
  const m = Math.floor((ms % hour) / minute);
  const s = Math.floor((ms % minute) / second);
  if (h) parts.push(`${h}h`);
  if (m) parts.push(`${m}m`);
  if (s) parts.push(`${s}s`);
  return parts.length ? parts.join(" ") : `${ms}ms`;
}
