/* A part of the page over the fake engine: what it asks is kept, and can be held up or refused on its way. */
import { QueryClientProvider } from "@tanstack/react-query";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach } from "vitest";
import { TooltipProvider } from "../components/Tooltip";
import type { Request } from "../ipc/bindings/Request";
import { newCache } from "../ipc/cache";
import type { Fake } from "../ipc/fake/engine";
import { transportOf } from "../ipc/fake/transport";
import { setTransport } from "../ipc/transport";

/** Every request of the test that runs, oldest first. */
export const asked: Request[] = [];

beforeEach(() => {
  asked.length = 0;
  window.history.replaceState(null, "", "/?still");
});

/** The requests of one kind. */
export const sent = <T extends Request["type"]>(type: T) =>
  asked.filter((request): request is Extract<Request, { type: T }> => request.type === type);

/** `before` sees each request first: what it throws is the engine's refusal, what it awaits holds the answer up. */
export function showOver(
  fake: Fake,
  page: ReactNode,
  before: (request: Request) => void | Promise<void> = () => {},
) {
  const inner = transportOf(fake);
  setTransport({
    ...inner,
    invoke: async (command, args) => {
      const request = args?.request as Request | undefined;
      if (request) {
        asked.push(request);
        await before(request);
      }
      return inner.invoke(command, args);
    },
  });
  const client = newCache();
  const { unmount } = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>{page}</TooltipProvider>
    </QueryClientProvider>,
  );
  /** Everything is read again, as after events. */
  const again = () => act(() => client.invalidateQueries());
  return { fake, client, again, unmount };
}
