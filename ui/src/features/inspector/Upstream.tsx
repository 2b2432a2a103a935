/* What the target follows. Fetch and push are one click each and never happen by themselves. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/Button";
import { toast } from "../../components/toast";
import { ask } from "../../ipc/ask";
import type { Upstream as UpstreamView } from "../../ipc/bindings/Upstream";
import { keys } from "../../ipc/keys";
import { useLanding } from "../../ipc/queries";
import { count } from "../../lib/format";
import styles from "./inspector.module.css";

/** "2 ahead, 1 behind", or that both are the same. */
export function standing({ ahead, behind }: UpstreamView): string {
  const parts = [ahead > 0 && `${ahead} ahead`, behind > 0 && `${behind} behind`].filter(Boolean);
  return parts.length ? parts.join(", ") : "up to date";
}

export function Upstream({ plan, target }: { plan: string; target: string }) {
  const { data } = useLanding(plan);
  const client = useQueryClient();
  const [busy, setBusy] = useState<"fetch" | "push" | null>(null);
  const upstream = data?.upstream;
  if (!upstream) return null;
  const go = async (type: "fetch" | "push") => {
    setBusy(type);
    const done = await ask({ type, plan });
    await client.invalidateQueries({ queryKey: keys.landing(plan) });
    setBusy(null);
    if (done === null) return;
    const what = type === "fetch" ? `Fetched ${upstream.name}.` : `Pushed ${target} to ${upstream.name}.`;
    toast({ tone: "good", message: what });
  };
  return (
    <>
      <dt>Follows</dt>
      <dd className={styles.upstream}>
        <span>
          <span className="mono">{upstream.name}</span> <span className="quiet">{standing(upstream)}</span>
        </span>
        <span className={styles.upstreamTools}>
          <Button size="small" busy={busy === "fetch"} data-testid="fetch" onClick={() => void go("fetch")}>
            Fetch
          </Button>
          <Button
            size="small"
            busy={busy === "push"}
            disabled={upstream.ahead === 0}
            title={
              upstream.behind > 0
                ? `${upstream.name} has commits that ${target} lacks; a push never forces.`
                : `Pushes ${target} to ${upstream.name}, never by force.`
            }
            data-testid="push"
            onClick={() => void go("push")}
          >
            {upstream.ahead > 0 ? `Push ${count(upstream.ahead, "commit")}` : "Push"}
          </Button>
        </span>
      </dd>
    </>
  );
}
