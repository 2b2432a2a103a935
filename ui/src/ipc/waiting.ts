/* Going where an inbox item is decided: its reason stands with its task, not with the item. */
import type { QueryClient } from "@tanstack/react-query";
import { navigate } from "../lib/route";
import { placeOf } from "../lib/waiting";
import type { InboxItem } from "./bindings/InboxItem";
import { queries } from "./queries";

export async function openWaiting(client: QueryClient, item: InboxItem): Promise<void> {
  // Without an answer the item itself says enough to get near.
  const plan = await client.fetchQuery(queries.plan(item.plan)).catch(() => null);
  navigate(placeOf(item, plan?.tasks.find((t) => t.id === item.task)?.stage.reason?.code));
}
