import { ago, duration, exactTime } from "../lib/format";
import { useNow } from "../lib/now";

/** A moment, relative, with the exact one on hover. */
export function Ago({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
      {ago(at, now)}
    </time>
  );
}

/** How long something takes or took: it counts while `to` is absent. */
export function Elapsed({ from, to }: { from: number; to?: number | null }) {
  const now = useNow();
  return <span title={`Since ${exactTime(from)}`}>{duration((to ?? Math.max(now, from)) - from)}</span>;
}
