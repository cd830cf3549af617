/** The picture, video or document above the words of a template or of a message with buttons. */
import type { Message, MessageType } from "../api/types.ts";
import { DocumentFile } from "./document-file.tsx";
import { Picture } from "./picture.tsx";

export function HeaderFile({ message }: { message: Message }) {
  if (!message.media) return null;
  const type = typeOf(message.media.mime_type ?? "");
  const header = { ...message, type, content: "" };
  return type === "document" ? <DocumentFile message={header} /> : <Picture message={header} />;
}

function typeOf(mime_type: string): MessageType {
  if (mime_type.startsWith("image/")) return "image";
  return mime_type.startsWith("video/") ? "video" : "document";
}
