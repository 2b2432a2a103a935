// How far the target is from what it follows. Fetch and push happen on a click, never by themselves.

import { useQueryClient } from "@tanstack/react-query";
import { Download, Upload } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ask } from "../../ipc/ask";
import type { Upstream as UpstreamView } from "../../ipc/bindings/Upstream";
import { keys } from "../../ipc/keys";
import styles from "./Landing.module.css";
import { distance } from "./lane";

export function Upstream({
  plan,
  target,
  upstream,
}: {
  plan: string;
  target: string;
  upstream: UpstreamView;
}) {
  const cache = useQueryClient();
  const [busy, setBusy] = useState<"fetch" | "push" | null>(null);
  const exchange = async (type: "fetch" | "push") => {
    setBusy(type);
    await ask({ type, plan });
    setBusy(null);
    await cache.invalidateQueries({ queryKey: keys.landing(plan) });
  };
  return (
    <div className={styles.upstream}>
      <span className="quiet">{distance(upstream)}</span>
      <Button
        size="small"
        look="plain"
        icon={<Download size={14} />}
        busy={busy === "fetch"}
        disabled={busy !== null}
        onClick={() => void exchange("fetch")}
      >
        Fetch
      </Button>
      <Button
        size="small"
        look={upstream.ahead > 0 && upstream.behind === 0 ? "normal" : "plain"}
        icon={<Upload size={14} />}
        busy={busy === "push"}
        disabled={busy !== null || upstream.ahead === 0}
        onClick={() => void exchange("push")}
      >
        Push {target}
      </Button>
    </div>
  );
}
