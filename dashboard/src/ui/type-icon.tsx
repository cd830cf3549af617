/** The sign of a kind of message; nothing for text. */
import {
  CircleHelp,
  Contact,
  FileText,
  Image,
  LayoutList,
  MapPin,
  Mic,
  Music,
  ShoppingBag,
  Sticker,
  Text,
  Video,
} from "lucide-react";
import type { MessageType } from "../api/types.ts";

const ICONS: Partial<Record<MessageType, typeof Image>> = {
  image: Image,
  voice: Mic,
  audio: Music,
  video: Video,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: Contact,
  interactive: LayoutList,
  order: ShoppingBag,
  template: Text,
  unsupported: CircleHelp,
};

export function TypeIcon({ type, className }: { type: MessageType; className: string }) {
  const Icon = ICONS[type];
  return Icon ? <Icon aria-hidden="true" className={className} /> : null;
}
