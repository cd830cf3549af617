/** What a message holds beside its words, by its kind: places, cards, orders, choices, templates. Pure. */
import type { Message } from "../api/types.ts";
import { type Json, list, number, object, webAddress, words } from "./reading.ts";

export interface Place {
  latitude: number | null;
  longitude: number | null;
  name: string | null;
  address: string | null;
  url: string | null;
}

export interface Card {
  name: string | null;
  company: string | null;
  phones: string[];
  emails: string[];
}

export interface OrderItem {
  name: string;
  quantity: number | null;
  price: number | null;
  currency: string | null;
}

export interface Order {
  note: string | null;
  items: OrderItem[];
  /** Null when something has no price, or there is more than one currency. */
  total: { amount: number; currency: string } | null;
}

export interface Choice {
  id: string | null;
  title: string;
  about: string | null;
}

/** A message with something to tap, as the customer sees it. */
export interface Offer {
  header: string | null;
  body: string | null;
  footer: string | null;
  /** The words on the button behind which a list's choices are. */
  button: string | null;
  sections: { title: string | null; choices: Choice[] }[];
  link: { title: string; url: string | null } | null;
}

export type Answer =
  | { kind: "choice"; id: string | null; title: string; about: string | null }
  | { kind: "form"; note: string | null; fields: { name: string; value: string }[] }
  | { kind: "calls"; allowed: boolean; forGood: boolean };

export interface TemplateView {
  name: string | null;
  header: string | null;
  body: string | null;
  footer: string | null;
  buttons: { type: string; title: string }[];
}

/** A customer writes it. Names and numbers stand at its beginning; what makes one long is a picture. */
const VCARD_CHARACTERS_MAX = 8192;

export function placeOf({ metadata }: Message): Place {
  const place = object(metadata.location);
  return {
    latitude: within(place.latitude, 90),
    longitude: within(place.longitude, 180),
    name: words(place.name),
    address: words(place.address),
    url: webAddress(place.url),
  };
}

/** What is said in a voice note or another sound. */
export function transcriptOf({ metadata: { transcript } }: Message): string | null {
  return words(transcript) ?? words(object(transcript).text);
}

export function cardsOf({ metadata }: Message): Card[] {
  return list(metadata.contacts).map((card) => {
    const vcard = words(card.vcard) ?? "";
    const name = object(card.name);
    const phones = list(card.phones).flatMap((phone) => words(phone.phone) ?? words(phone.wa_id) ?? []);
    return {
      name:
        words(name.formatted_name) ?? words(name.first_name) ?? words(card.name) ?? vcardValues(vcard, "FN")[0] ?? null,
      company: words(object(card.org).company) ?? vcardValues(vcard, "ORG")[0] ?? null,
      phones: phones.length > 0 ? phones : vcardValues(vcard, "TEL"),
      emails: list(card.emails).flatMap((email) => words(email.email) ?? []),
    };
  });
}

export function orderOf({ metadata }: Message): Order {
  const order = object(metadata.order);
  const items = list(order.product_items).map((item) => ({
    name: words(item.name) ?? words(item.product_retailer_id) ?? "?",
    quantity: number(item.quantity),
    price: number(item.item_price),
    currency: currencyOf(item.currency),
  }));
  return { note: words(order.text), items, total: totalOf(items) };
}

function totalOf(items: OrderItem[]): Order["total"] {
  const currency = items[0]?.currency;
  if (!currency) return null;
  let amount = 0;
  for (const item of items) {
    if (item.price === null || item.quantity === null || item.currency !== currency) return null;
    amount += item.price * item.quantity;
  }
  return { amount, currency };
}

/** What a customer chose, filled in or allowed; null when the message is none of these. */
export function answerOf({ metadata }: Message): Answer | null {
  const interactive = object(metadata.interactive);
  const tapped = object(metadata.button);
  if (words(tapped.text) ?? words(tapped.payload))
    return chosen({ id: tapped.payload, title: tapped.text ?? tapped.payload });
  switch (interactive.type) {
    case "button_reply":
    case "list_reply":
      return chosen(object(interactive[interactive.type]));
    case "nfm_reply":
      return { kind: "form", note: noteOf(object(interactive.nfm_reply)), fields: fieldsOf(metadata.response) };
    case "call_permission_reply": {
      const reply = object(interactive.call_permission_reply);
      return { kind: "calls", allowed: reply.response === "accept", forGood: reply.is_permanent === true };
    }
    default:
      return null;
  }
}

function chosen(reply: Json): Answer | null {
  const id = words(reply.id);
  const title = words(reply.title) ?? id;
  return title ? { kind: "choice", id, title, about: words(reply.description) } : null;
}

/** Meta writes "Sent" where the form's author wrote nothing. */
function noteOf(reply: Json): string | null {
  const note = words(reply.body);
  return note === "Sent" ? null : note;
}

function fieldsOf(response: unknown): { name: string; value: string }[] {
  return Object.entries(object(response)).flatMap(([name, value]) => {
    const written = name === "flow_token" ? null : plain(value);
    return written ? [{ name: name.replace(/^screen_\d+_|_\d+$/g, "").replaceAll("_", " "), value: written }] : [];
  });
}

function plain(value: unknown): string | null {
  if (typeof value === "boolean") return value ? "✓" : "✗";
  if (Array.isArray(value)) return words(value.map(plain).filter(Boolean).join(", "));
  return words(value) ?? (Object.keys(object(value)).length > 0 ? JSON.stringify(value) : null);
}

export function offerOf({ metadata }: Message): Offer {
  const interactive = object(metadata.interactive);
  const action = object(interactive.action);
  const parameters = object(action.parameters);
  const header = object(interactive.header);
  const buttons = list(action.buttons).map((button) => choice(object(button.reply ?? button)));
  const sections = list(action.sections).map(({ title, rows }) => ({
    title: words(title),
    choices: list(rows).map(choice).filter(isThere),
  }));
  const linkTitle = words(parameters.display_text) ?? words(parameters.flow_cta);
  return {
    header: words(header.text),
    body: words(object(interactive.body).text),
    footer: words(object(interactive.footer).text),
    button: words(action.button),
    sections: buttons.length > 0 ? [{ title: null, choices: buttons.filter(isThere) }] : sections,
    link: linkTitle ? { title: linkTitle, url: webAddress(parameters.url) } : null,
  };
}

function choice(row: Json): Choice | null {
  const id = words(row.id);
  const title = words(row.title) ?? id;
  return title ? { id, title, about: words(row.description) } : null;
}

export function templateOf({ metadata, content }: Message): TemplateView {
  const template = object(metadata.template);
  const preview = object(template.preview);
  const name = words(template.name);
  return {
    name,
    header: words(object(preview.header).text),
    body: words(preview.body) ?? (content === name ? null : words(content)),
    footer: words(preview.footer),
    buttons: list(preview.buttons).flatMap((button) => {
      const title = words(button.text);
      return title ? [{ type: words(button.type)?.toLowerCase() ?? "", title }] : [];
    }),
  };
}

function within(value: unknown, most: number): number | null {
  const found = number(value);
  return found !== null && Math.abs(found) <= most ? found : null;
}

function currencyOf(value: unknown): string | null {
  const currency = words(value)?.toUpperCase();
  return currency && /^[A-Z]{3}$/.test(currency) ? currency : null;
}

function vcardValues(vcard: string, field: string): string[] {
  const lines = vcard
    .slice(0, VCARD_CHARACTERS_MAX)
    .matchAll(new RegExp(`^(?:item\\d+\\.)?${field}[^:\\r\\n]*:([^\\r\\n]*)`, "gim"));
  return [...lines].flatMap(
    ([, value]) =>
      words(
        value
          ?.trim()
          .replace(/^tel:/i, "")
          .replace(/;{1,9}$/, ""),
      ) ?? [],
  );
}

function isThere<Value>(value: Value | null): value is Value {
  return value !== null;
}
