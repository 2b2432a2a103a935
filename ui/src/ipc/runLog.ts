// A run's log as text: its end at first, all of it on demand.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "./keys";
import { request, toWireError } from "./request";

/** What is read at first, and at most, in bytes from the end. */
const SOME = 512 * 1024;
const ALL = 32 * 1024 * 1024;

/** How often a living run's log is read again while it is looked at, in milliseconds. */
const EVERY = 1500;

export function useRunLog(run: string, live: boolean) {
  const [bytes, setBytes] = useState(SOME);
  const log = useQuery({
    queryKey: keys.runLogTail(run, bytes),
    queryFn: () => request({ type: "run_log", run, tail_bytes: bytes }),
    refetchInterval: live ? EVERY : false,
  });
  const isCut = bytes < ALL && (log.data?.length ?? 0) >= SOME * 0.9;
  return {
    text: log.data,
    problem: log.isError ? toWireError(log.error).message : null,
    /** Reads from the beginning, when the text is only the end. */
    more: isCut ? () => setBytes(ALL) : undefined,
  };
}
