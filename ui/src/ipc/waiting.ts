/* Going where an inbox item is decided: its reason stands with its task, not with the item. */
import type { QueryClient } from "@tanstack/react-query";
import { stageAt } from "../lib/contenders";
import { navigate } from "../lib/route";
import { placeOf } from "../lib/waiting";
import type { InboxItem } from "./bindings/InboxItem";
import { queries } from "./queries";

export async function openWaiting(client: QueryClient, item: InboxItem): Promise<void> {
  // Without an answer the item itself says enough to get near.
  const plan = await client.fetchQuery(queries.plan(item.plan)).catch(() => null);
  const task = plan?.tasks.find((t) => t.id === item.task);
  navigate(placeOf(item, task && stageAt(task, item.attempt).reason?.code));
}
