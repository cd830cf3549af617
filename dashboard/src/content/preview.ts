/** A message in one line: for the list, for quotations, for the title of a picture. */
import type { MessageType } from "../api/types.ts";
import type { TextKey, Translate } from "../i18n/index.ts";

interface Said {
  type: MessageType;
  content: string;
}

/** What the server writes into messages that have no words of their own; each said in the page's language. */
const OURS: [RegExp, TextKey][] = [
  [/^Form answered(?=\n|$)/, "form_answered"],
  [/^Calls allowed from now on$/, "calls_allowed_for_good"],
  [/^Calls allowed$/, "calls_allowed"],
  [/^Calls not allowed$/, "calls_refused"],
  [/^Opened the chat for the first time$/, "unsupported_welcome"],
  [/^Photo, video or file of the past, not handed over yet$/, "unsupported_past"],
];
const POINT = /^-?\d+(\.\d+)?, -?\d+(\.\d+)?$/;
const NOT_RECEIVED = /^(Image|Voice|Audio|Video|Document|Sticker) not received(: |$)/;

export function previewOf({ type, content }: Said, text: Translate): string {
  if (type === "text") return plainWords(content);
  const kind = text(`type_${type}`);
  switch (type) {
    case "order":
      return kind;
    case "unsupported":
      return ours(content, text) ?? kind;
    case "location":
      return POINT.test(content) ? kind : content || kind;
    case "interactive":
      return ours(content, text) ?? (plainWords(content) || kind);
    default:
      return NOT_RECEIVED.test(content) ? kind : plainWords(content) || kind;
  }
}

function ours(content: string, text: Translate): string | null {
  for (const [pattern, key] of OURS) if (pattern.test(content)) return content.replace(pattern, text(key));
  return null;
}

const MARKS = /(?<=^|[\s\p{P}])(```|[*_~`])(?=\S)([^\n]*?\S)\1(?=$|[\s\p{P}])/gu;

/** Words without the marks that make them bold or struck. */
export function plainWords(content: string): string {
  const without = content.replace(MARKS, "$2");
  // Marks may stand within marks.
  return without === content ? content : plainWords(without);
}
