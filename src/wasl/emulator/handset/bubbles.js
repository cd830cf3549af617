// Draws what stands in a thread. Everything a person wrote becomes text nodes, never markup.

const TICKS = { accepted: "◔", sending: "◔", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" };
const EMOJIS = ["👍", "❤️", "😂", "🙏"];

/** Make an element: properties, then children, of which texts become text nodes and empty ones are left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Say in one line what an entry is, for the list and for quotes. */
export function summary(entry) {
  const content = entry.content ?? {};
  if (entry.deleted) return "deleted";
  switch (entry.type) {
    case "text": return content.body ?? "";
    case "image": case "video": case "sticker": return `[${entry.type}] ${content.caption ?? ""}`;
    case "audio": return content.voice ? "[voice note]" : "[audio]";
    case "document": return `[document] ${content.caption ?? content.filename ?? ""}`;
    case "location": return `[location] ${content.name ?? content.address ?? ""}`;
    case "contacts": return `[contact] ${(Array.isArray(content) ? content : []).map((card) => card.name?.formatted_name).join(", ")}`;
    case "interactive": return content.button_reply?.title ?? content.list_reply?.title ?? content.body?.text ?? "[interactive]";
    case "button": return content.text ?? "[button]";
    case "template": return `[template] ${content.name ?? ""}`;
    case "order": return `[order] ${content.product_items?.length ?? 0} items`;
    default: return `[${entry.type}]`;
  }
}

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** Draw one entry. `acts` has what a person can do with it: quote, react, edit, erase, choose. */
export function bubble(entry, entries, acts) {
  const mine = entry.author === "customer";
  const quoted = entry.reply_to && entries.find((other) => other.message_id === entry.reply_to);
  const emojis = Object.values(entry.reactions).filter(Boolean).join("");
  const label = [entry.author === "phone" && "typed on the business's phone", entry.edited && "edited", clock(entry.at)];
  return element("li", { className: `bubble by-${entry.author}`, tabIndex: 0 },
    quoted ? element("div", { className: "quoted", dir: "auto" }, summary(quoted)) : null,
    ...(entry.deleted ? [element("p", { className: "gone" }, "This message was deleted")] : body(entry, acts)),
    element("div", { className: "meta" },
      label.filter(Boolean).join(" · "),
      element("span", { className: `ticks ${entry.status}`, title: entry.status }, TICKS[entry.status] ?? entry.status)),
    emojis ? element("span", { className: "reactions" }, emojis) : null,
    entry.deleted ? null : actions(entry, mine, acts));
}

function body(entry, acts) {
  const content = entry.content ?? {};
  const parts = [];
  if ((entry.type === "image" || entry.type === "sticker") && content.id) {
    parts.push(element("img", { src: `/emulator/media/${encodeURIComponent(content.id)}`, alt: content.caption ?? entry.type }));
    if (content.caption) parts.push(element("p", { dir: "auto" }, content.caption));
  } else {
    parts.push(element("p", { dir: "auto" }, summary(entry)));
  }
  const choices = entry.author === "business" && entry.type === "interactive" ? offered(content) : [];
  if (choices.length > 0) {
    const buttons = choices.map((choice) =>
      element("button", { type: "button", dir: "auto", onclick: () => acts.choose(entry, choice) }, choice.title));
    parts.push(element("div", { className: "choices" }, ...buttons));
  }
  return parts;
}

/** List what the customer can tap in a message of the business. */
function offered(content) {
  const buttons = (content.action?.buttons ?? []).map((button) => ({ type: "button_reply", ...button.reply }));
  const rows = (content.action?.sections ?? []).flatMap((section) => section.rows ?? []);
  return [...buttons, ...rows.map((row) => ({ type: "list_reply", ...row }))];
}

function actions(entry, mine, acts) {
  const button = (label, title, onclick) => element("button", { type: "button", title, "aria-label": title, onclick }, label);
  const own = entry.reactions.customer;
  return element("div", { className: "actions" },
    ...EMOJIS.map((emoji) => button(emoji, `React ${emoji}`, () => acts.react(entry, own === emoji ? "" : emoji))),
    button("↩", "Quote", () => acts.quote(entry)),
    mine && entry.type === "text" ? button("✎", "Edit", () => acts.edit(entry)) : null,
    mine ? button("🗑", "Delete for everyone", () => acts.erase(entry)) : null);
}
