/** What the channels of the tests can do, and a template that the bakery's has. */
import type { Template } from "../api/sending.ts";
import type { Capabilities, ChannelOffer } from "../api/types.ts";
import { useChannels } from "../live/channels.ts";

const MEGABYTE = 1024 * 1024;
const taking = (megabytes: number, ...mime_types: string[]) => ({ bytes_max: megabytes * MEGABYTE, mime_types });

export const cloud: Capabilities = {
  kinds: [
    ...(["text", "image", "voice", "audio", "video", "document", "sticker"] as const),
    ...(["location", "contacts", "interactive", "template"] as const),
  ],
  files: {
    image: taking(5, "image/jpeg", "image/png"),
    video: taking(16, "video/mp4"),
    audio: taking(16, "audio/ogg"),
    voice: taking(16, "audio/ogg"),
    document: taking(100),
    sticker: taking(0.5, "image/webp"),
  },
  interactive: ["button", "list", "cta_url"],
  quotes: true,
  reactions: true,
  read_receipts: true,
  typing: true,
  template_list: true,
  window: true,
  ticks: "exact",
  settles_lost_answers: true,
};

export const onlyText: Capabilities = {
  ...cloud,
  kinds: ["text"],
  files: {},
  interactive: [],
  quotes: false,
  reactions: false,
  template_list: false,
};

/** The channel of every row of the cast. */
export function offer(capabilities: Capabilities | null): void {
  const channel: Omit<ChannelOffer, "capabilities"> = {
    channel_id: "1",
    provider: "meta",
    title: "Meta",
    phone_number_id: "100200300",
    display_phone_number: null,
    name: "Cedar Bakery",
  };
  useChannels.setState(capabilities ? { "1": { ...channel, capabilities } } : {}, true);
}

export const template: Template = {
  name: "new_arrivals",
  language: "en",
  category: "MARKETING",
  status: "approved",
  quality: "green",
  usable: true,
  wants_file: null,
  header: null,
  body: { text: "New for you, {{first_name}}: see what came in today.", gaps: ["first_name"] },
  footer: null,
  buttons: [
    { type: "url", text: "See it", url: "https://cedar.example/new/{{1}}", gap: true },
    { type: "quick_reply", text: "Not now", gap: false },
  ],
};
