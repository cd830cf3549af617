/** About how high a message is drawn, in CSS pixels, before anybody has measured it. */
import type { Message } from "../api/types.ts";
import { offerOf, orderOf, templateOf, transcriptOf } from "./details.ts";
import { roomFor, stateOf } from "./media.ts";

const LINE = 22;
const LINE_CHARACTERS = 60;
const LINES_MAX = 20;
/** Above and below the words of a bubble, its foot included. */
const FRAME = 44;
const BUTTON = 36;
/** What stands under the assistant's answers: where they come from, and whether they were good. */
const ANSWER_FOOT = 33;
const HANDOVER_LINE = 40;

export function heightOf(message: Message): number {
  if (message.deleted_at) return FRAME + LINE;
  const told = (message.metadata.assistant ? ANSWER_FOOT : 0) + (message.metadata.handover ? HANDOVER_LINE : 0);
  return FRAME + partsOf(message) + told + (message.reply_preview ? 56 : 0) + (message.reactions.length > 0 ? 22 : 0);
}

function partsOf(message: Message): number {
  switch (message.type) {
    case "image":
    case "video":
    case "sticker":
      return roomFor(message).height + linesOf(message.content);
    case "voice":
    case "audio":
      return 60 + linesOf(message.content) + linesOf(transcriptOf(message) ?? "");
    case "document":
      return 110 + linesOf(message.content === message.media?.name ? "" : message.content);
    case "location":
      return 150 + linesOf(message.content);
    case "contacts":
      return 96 * Math.max(1, message.content.split("\n").length);
    case "order":
      return 40 + BUTTON * (orderOf(message).items.length + 1);
    case "interactive": {
      const { button, sections } = offerOf(message);
      const buttons = button ? 1 : sections.reduce((sum, { choices }) => sum + choices.length, 0);
      return headerOf(message) + linesOf(message.content) + BUTTON * buttons;
    }
    case "template":
      return headerOf(message) + linesOf(message.content) + BUTTON * templateOf(message).buttons.length + 16;
    default:
      return linesOf(message.content);
  }
}

function headerOf(message: Message): number {
  return stateOf(message.media) === "missing" ? 0 : roomFor(message).height;
}

function linesOf(content: string): number {
  if (!content) return 0;
  const lines = content
    .split("\n")
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE_CHARACTERS)), 0);
  return LINE * Math.min(LINES_MAX, lines);
}
