/** Whether WhatsApp takes free text now: for 24 hours after the customer's last message. */
import { create } from "zustand";
import { useNow } from "../lib/now.ts";
import { useCapabilities } from "./channels.ts";
import { liveNow, useScreen } from "./store.ts";

/** The end that a conversation's window had when the server said that it is over: it knows WhatsApp's own time. */
export const useRefusedWindows = create<Record<string, string | null>>()(() => ({}));

/** The server has refused free text. The customer's next message moves the end, and thereby takes this back. */
export function windowWasRefused(conversation_id: string): void {
  const end = liveNow().conversations[conversation_id]?.window_expires_at ?? null;
  useRefusedWindows.setState({ [conversation_id]: end });
}

export function useWindowClosed(conversation_id: string): boolean {
  const capabilities = useCapabilities(conversation_id);
  const end = useScreen((state) => state.live.conversations[conversation_id]?.window_expires_at ?? null);
  const refused = useRefusedWindows((all) => all[conversation_id]);
  const now = useNow();
  if (capabilities && !capabilities.window) return false;
  if (refused !== undefined && refused === end) return true;
  return end !== null && Date.parse(end) <= now.getTime();
}
