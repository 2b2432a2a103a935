/* Providers, and the connection to the engine for as long as the window lives. */
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Toasts } from "../components/Toasts";
import { TooltipProvider } from "../components/Tooltip";
import { toast, toastError } from "../components/toast";
import { showRefusalsWith } from "../ipc/ask";
import { newCache } from "../ipc/cache";
import { follow } from "../ipc/live";
import { Layout } from "./Layout";

let following = false;

showRefusalsWith(toastError);

export function App() {
  const [client] = useState(newCache);
  useEffect(() => {
    // Strict mode mounts twice; the window has one subscription.
    if (following) return;
    following = true;
    follow(client, (message) => toast({ tone: "warn", message })).catch(toastError);
  }, [client]);
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider delayDuration={500} skipDelayDuration={200}>
        <Layout />
        <Toasts />
      </TooltipProvider>
    </QueryClientProvider>
  );
}
