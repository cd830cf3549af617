/** From what a form holds to what the outbox sends, and how its bubble looks until the server has it. */
import type { ContactCard, InteractiveSend, Place, Template, TemplateSend } from "../api/sending.ts";
import type { Selection } from "../api/types.ts";
import { takesCaption } from "../lib/files.ts";
import { previewOf } from "../lib/templates.ts";
import { changeDraft, draftOf } from "./drafts.ts";
import { write } from "./outbox.ts";
import type { Written } from "./pending.ts";
import { seenSequence } from "./seen.ts";
import { typingOver } from "./telling.ts";
import { type FileItem, useUploads } from "./uploads.ts";

/** WhatsApp's bound for what stands under a file; a longer text goes before it, as a message of its own. */
export const CAPTION_CHARACTERS_MAX = 1024;

type Made = Pick<Written, "content" | "message_type" | "parts" | "metadata" | "file">;

/** Sends the draft of a conversation: its files in their order, and the text with the first that can carry it. */
export function sendDraft(selected: Selection): void {
  const { conversation_id } = selected;
  const content = draftOf(conversation_id).text.trim();
  const files = trayOf(useUploads.getState().items, conversation_id).filter(({ state }) => state !== "failed");
  const [first] = files;
  const isCaption = first !== undefined && takesCaption(first.kind) && [...content].length <= CAPTION_CHARACTERS_MAX;
  if (content && !isCaption) send(selected, { content });
  for (const file of files) {
    const caption = isCaption && file === first ? content : "";
    send(selected, { content: caption, message_type: file.kind, file });
  }
  changeDraft(conversation_id, { text: "" });
  typingOver(conversation_id);
}

export function trayOf(items: FileItem[], conversation_id: string): FileItem[] {
  return items.filter((item) => item.place === "tray" && item.conversation_id === conversation_id);
}

export function useTray(conversation_id: string): FileItem[] {
  const items = useUploads((state) => state.items);
  return trayOf(items, conversation_id);
}

export function sendVoice(selected: Selection, file: FileItem): void {
  send(selected, { content: "", message_type: "voice", file });
}

export function sendLocation(selected: Selection, location: Place): void {
  const content = [location.name, location.address].filter(Boolean).join("\n");
  const point = `${location.latitude}, ${location.longitude}`;
  send(selected, { content: content || point, message_type: "location", parts: { location }, metadata: { location } });
}

export function sendContacts(selected: Selection, contacts: ContactCard[]): void {
  const lines = contacts.map(({ name, phones }) => {
    const numbers = phones.map(({ phone }) => phone).join(", ");
    return numbers ? `${name.formatted_name}: ${numbers}` : name.formatted_name;
  });
  const metadata = { contacts };
  send(selected, { content: lines.join("\n"), message_type: "contacts", parts: { contacts }, metadata });
}

export function sendInteractive(selected: Selection, interactive: InteractiveSend): void {
  const metadata = { interactive: metaShape(interactive) };
  send(selected, { content: interactive.body, message_type: "interactive", parts: { interactive }, metadata });
}

export function sendTemplate(
  selected: Selection,
  template: Template,
  values: TemplateSend,
  file: FileItem | null,
): void {
  const preview = previewOf(template, values);
  const { name, language } = template;
  send(selected, {
    content: preview.body || name,
    message_type: "template",
    parts: { template: values },
    metadata: { template: { name, language, components: [], preview } },
    file,
  });
}

/** The quote goes with the first message that is sent after it was chosen. */
function send({ conversation_id, user_id }: Selection, made: Made): void {
  const { reply } = draftOf(conversation_id);
  write({ conversation_id, user_id, reply_preview: reply, seen_sequence: seenSequence(conversation_id), ...made });
  changeDraft(conversation_id, { reply: null });
}

/** As the server keeps it: Meta's object. */
function metaShape({ kind, header, body, footer, buttons, list, cta }: InteractiveSend): Record<string, unknown> {
  const actions = {
    button: { buttons: buttons?.map((reply) => ({ type: "reply", reply })) },
    list: list ?? {},
    cta_url: { name: "cta_url", parameters: { display_text: cta?.text, url: cta?.url } },
  };
  return {
    type: kind,
    ...(header ? { header: { type: "text", text: header } } : {}),
    body: { text: body },
    ...(footer ? { footer: { text: footer } } : {}),
    action: actions[kind],
  };
}
