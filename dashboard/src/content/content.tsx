/** The inside of a bubble, by the kind of message. */
import { Ban } from "lucide-react";
import type { ComponentType } from "react";
import type { Message, MessageType } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { Around } from "./around.tsx";
import { Body } from "./body.tsx";
import { Cards } from "./cards.tsx";
import { DocumentFile } from "./document-file.tsx";
import { Interactive } from "./interactive.tsx";
import { Location } from "./location.tsx";
import { Order } from "./order.tsx";
import { Picture } from "./picture.tsx";
import { Sound } from "./sound.tsx";
import { Template } from "./template.tsx";
import { Undrawable } from "./undrawable.tsx";
import { Unsupported } from "./unsupported.tsx";

const KINDS: Record<MessageType, ComponentType<{ message: Message }>> = {
  text: Words,
  image: Picture,
  sticker: Picture,
  video: Picture,
  voice: Sound,
  audio: Sound,
  document: DocumentFile,
  location: Location,
  contacts: Cards,
  interactive: Interactive,
  order: Order,
  template: Template,
  unsupported: Unsupported,
};

export function Content({ message }: { message: Message }) {
  if (message.deleted_at) return <Deleted />;
  const Kind = KINDS[message.type] ?? Unsupported;
  return (
    <Undrawable message={message}>
      <Around message={message} />
      <Kind message={message} />
    </Undrawable>
  );
}

function Words({ message }: { message: Message }) {
  return <Body content={message.content} />;
}

function Deleted() {
  const text = useText();
  return (
    <p data-testid="deleted-mark" className="flex items-center gap-1.5 text-ink-faint text-sm italic">
      <Ban aria-hidden="true" className="size-4" />
      {text("message_deleted")}
    </p>
  );
}
