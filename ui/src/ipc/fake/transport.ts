/* The fake's transport: commands answered in memory. Development and tests only; a chunk of its own. */
import type { Request } from "../bindings/Request";
import type { ChannelHandle, Transport } from "../transport";
import { commands } from "./commands";
import { type Fake, newFake, type World } from "./engine";

type Handler = (message: unknown) => void;

export function fakeTransport(world: World = chosenWorld()): Transport {
  const fake = newFake(world);
  return transportOf(fake);
}

export function transportOf(fake: Fake): Transport {
  return {
    invoke: async (command, args = {}) => {
      // Answers never come in the same turn, as over a socket.
      await Promise.resolve();
      if (command === "request") return structuredClone(fake.answer(args.request as Request));
      const handler = commands[command];
      if (!handler) throw new Error(`the fake knows no command “${command}”`);
      return handler(fake, args);
    },
    listen: async (event, handler) => fake.listen(event, handler),
    channel: (handler: Handler) => handler as unknown as ChannelHandle,
  };
}

const worlds: readonly World[] = ["empty", "crowded", "asking", "compare"];

function chosenWorld(): World {
  const asked = new URLSearchParams(window.location.search).get("fake");
  return worlds.find((world) => world === asked) ?? "normal";
}
