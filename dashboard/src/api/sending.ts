/** What an operator sends, in the shapes of the API. */
import type { InteractiveKind, MessageType } from "./types.ts";

export type SendKind = Exclude<MessageType, "order" | "unsupported">;
export type FileKind = "image" | "voice" | "audio" | "video" | "document" | "sticker";

export interface Place {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

/** A person's card, in Meta's shape. */
export interface ContactCard {
  name: { formatted_name: string; first_name?: string; last_name?: string };
  phones: { phone: string; type?: string }[];
  emails?: { email: string; type?: string }[];
  org?: { company?: string };
}

export interface ListRow {
  id: string;
  title: string;
  description?: string;
}

export interface InteractiveSend {
  kind: InteractiveKind;
  header?: string;
  body: string;
  footer?: string;
  buttons?: { id: string; title: string }[];
  list?: { button: string; sections: { title?: string; rows: ListRow[] }[] };
  cta?: { text: string; url: string };
}

/** What fills a template: gap → value, and a button's place → value. */
export interface TemplateSend {
  name: string;
  language: string;
  header: Record<string, string>;
  body: Record<string, string>;
  buttons: Record<string, string>;
}

/** What a message holds beside its words, by its kind. */
export interface SendParts {
  upload_id?: string;
  location?: Place;
  contacts?: ContactCard[];
  interactive?: InteractiveSend;
  template?: TemplateSend;
}

export interface SendRequest extends SendParts {
  conversation_id: string;
  user_id: string;
  message: string;
  message_type: SendKind;
  client_message_id: string;
  reply_to: string | null;
  seen_sequence: number;
  force: boolean;
}

/** A file that was brought and waits to be sent. */
export interface Upload {
  upload_id: string;
  kind: FileKind;
  mime_type: string;
  bytes: number;
  name: string;
  width: number | null;
  height: number | null;
  duration_seconds: number | null;
  peaks: number[];
  url: string;
  thumbnail_url: string | null;
}

export interface TemplateButton {
  type: string;
  text: string;
  url?: string | null;
  /** Its link ends in a gap. */
  gap: boolean;
}

export interface Template {
  name: string;
  language: string;
  category: string;
  status: "approved" | "pending" | "rejected" | "paused" | "disabled";
  quality: "green" | "yellow" | "red" | null;
  usable: boolean;
  wants_file: "image" | "video" | "document" | null;
  header: { format: string; text: string | null; gaps: string[] } | null;
  body: { text: string; gaps: string[] };
  footer: string | null;
  buttons: TemplateButton[];
}
