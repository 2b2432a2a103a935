/* The shell's commands beside `request`, as the fake carries them out. */
import type { Notice } from "../bindings/Notice";
import type { Fake } from "./engine";
import { terminalCommands } from "./terminalCommands";

type Command = (fake: Fake, args: Record<string, unknown>) => unknown;

/** A channel argument of the fake is its handler. */
export function send(channel: unknown, message: unknown): void {
  (channel as (message: unknown) => void)(message);
}

export const commands: Record<string, Command> = {
  engine_state: (fake) => ({
    connected: true,
    engine_pid: 4242,
    home: "/home/you/.local/share/coppice",
    message: null,
    seq: fake.seq(),
  }),
  subscribe: (fake, { channel }) => fake.subscribe((notice: Notice) => send(channel, notice)),
  pick_folder: () => "/home/you/work/new-api",
  open_external: () => null,
  open_in_editor: () => null,
  window_title: () => null,
  ...terminalCommands,
};
