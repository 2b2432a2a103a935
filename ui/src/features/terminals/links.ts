// Links that a run prints are text until a person has seen where they really go. Only http and https, opened by
// the system's browser, never in this window.

export type LinkQuestion = {
  /** The address as it will be opened. */
  url: string;
  host: string;
  /** Set when the text that was shown names another place than the address. */
  disguised: string | null;
};

const WEB = new Set(["http:", "https:"]);

function webAddress(text: string): URL | null {
  try {
    const url = new URL(text);
    return WEB.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** What to ask before opening; null when it is no address of the web. `shown`: the text that was clicked. */
export function linkQuestion(address: string, shown: string): LinkQuestion | null {
  const url = webAddress(address.trim());
  if (!url) return null;
  const text = shown.trim();
  const named =
    webAddress(text) ?? (/^[\w-]+(\.[\w-]+)+(\/|$)/.test(text) ? webAddress(`https://${text}`) : null);
  const disguised = named && named.host !== url.host ? text : null;
  return { url: url.href, host: url.host, disguised };
}
