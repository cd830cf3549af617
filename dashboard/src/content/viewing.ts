/** Which picture or video fills the screen just now. */
import { create } from "zustand";
import type { Message } from "../api/types.ts";
import { stateOf } from "./media.ts";

type Viewed = Pick<Message, "conversation_id" | "message_id">;

export const useViewing = create<{ viewed: Viewed | null }>()(() => ({ viewed: null }));

/** What stands before the viewer: a picture or video, and all of the conversation it is one of. */
export interface Opened {
  message: Message;
  all: Message[];
  place: number;
}

export function openViewer({ conversation_id, message_id }: Viewed): void {
  useViewing.setState({ viewed: { conversation_id, message_id } });
}

export function closeViewer(): void {
  useViewing.setState({ viewed: null });
}

/** Whatever of a conversation fills the screen, in its order. */
export function viewable(messages: Message[]): Message[] {
  return messages.filter((message) => !message.deleted_at && stateOf(message.media) === "ready" && kindOf(message));
}

export function kindOf({ type, media }: Message): "picture" | "video" | null {
  if (type === "image" || type === "sticker") return "picture";
  if (type === "video") return "video";
  if (type !== "template" && type !== "interactive") return null;
  const mime_type = media?.mime_type ?? "";
  if (mime_type.startsWith("image/")) return "picture";
  return mime_type.startsWith("video/") ? "video" : null;
}
