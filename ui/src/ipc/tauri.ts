/* The shell's transport. The only module that imports @tauri-apps. */
import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { ChannelHandle, Transport } from "./transport";

export const tauriTransport: Transport = {
  invoke: (command, args) => invoke(command, args),
  listen: (event, handler) => listen(event, (e) => handler(e.payload)),
  channel: (handler) => new Channel(handler) as unknown as ChannelHandle,
};
