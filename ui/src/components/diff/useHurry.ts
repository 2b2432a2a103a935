// Whether one file follows the other more quickly than anybody reads.

import { useEffect, useState } from "react";

/** Files that follow each other within this time, in milliseconds, are walked past; after as long a rest one is read. */
const REST = 200;

export function useHurry(subject: string): boolean {
  const [now, setNow] = useState({ subject, at: Number.NEGATIVE_INFINITY, hurries: false });
  if (now.subject !== subject) {
    const at = performance.now();
    setNow({ subject, at, hurries: at - now.at < REST });
  }
  useEffect(() => {
    if (!now.hurries) return;
    const rest = setTimeout(() => setNow({ ...now, hurries: false }), REST);
    return () => clearTimeout(rest);
  }, [now]);
  return now.hurries;
}
