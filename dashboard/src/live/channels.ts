/** What each number of the business can do. What it cannot is not offered. */
import { create } from "zustand";
import { ApiError } from "../api/client.ts";
import { channels } from "../api/pages.ts";
import type { Capabilities, ChannelOffer } from "../api/types.ts";
import { useScreen } from "./store.ts";

export const useChannels = create<Record<string, ChannelOffer>>()(() => ({}));

export async function loadChannels(): Promise<void> {
  try {
    const { channels: all } = await channels();
    useChannels.setState(Object.fromEntries(all.map((channel) => [channel.channel_id, channel])), true);
  } catch (reason) {
    // Text can be sent all the same, and the next opening of the line asks again.
    if (!(reason instanceof ApiError)) throw reason;
  }
}

/** Null while nobody has said it: then only text is offered. */
export function useCapabilities(conversation_id: string): Capabilities | null {
  const channel_id = useScreen((state) => state.live.conversations[conversation_id]?.channel.channel_id);
  return useChannels((known) => (channel_id ? (known[channel_id]?.capabilities ?? null) : null));
}
