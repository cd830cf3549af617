// The handset page: a person plays any customer through the emulator's control API.

import { bubble, clock, element, summary } from "./bubbles.js";

const ATTACHMENTS = [
  ["Location", { type: "location", name: "Corniche", address: "Ain El Mreisseh, Beirut" }],
  ["Contact", { type: "contacts" }],
  ["Picture", { type: "image", caption: "" }],
  ["Document", { type: "document" }],
  ["Voice note", { type: "voice" }],
  ["Sticker", { type: "sticker" }],
  ["Order", { type: "order" }],
  ["Poll (unsupported)", { type: "unsupported", kind: "poll" }],
];

const find = (id) => document.getElementById(id);
const state = { number: null, address: null, people: "", thread: "", aim: null, edits: false };

async function call(method, path, body) {
  const asked = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/emulator${path}`, { method, ...asked });
  const found = await answer.json();
  show(found.success ? "" : found.error);
  return found;
}

function show(problem) {
  find("problem").textContent = problem;
  find("problem").hidden = !problem;
}

const mine = (path) => `/customers/${encodeURIComponent(state.address)}${path}`;
const query = () => `phone_number_id=${encodeURIComponent(state.number)}`;

async function send(message) {
  if (state.address === null) return show("Choose a customer first.");
  await call("POST", mine("/messages"), { phone_number_id: state.number, ...message });
}

// --- what is shown

async function refresh() {
  await drawNumbers();
  if (state.number === null) return;
  await drawPeople();
  if (state.address !== null) await drawThread();
}

async function drawNumbers() {
  const { numbers } = await call("GET", "/numbers");
  if (!numbers || numbers.length === find("number").options.length) return;
  find("number").replaceChildren(...numbers.map((number) =>
    element("option", { value: number.phone_number_id }, `${number.verified_name} · +${number.display_phone_number}`)));
  state.number = find("number").value || null;
}

async function drawPeople() {
  const found = await call("GET", `/customers?${query()}`);
  if (!found.customers) return;
  const text = JSON.stringify([found.customers, state.address]);
  if (text === state.people) return;
  state.people = text;
  find("people").replaceChildren(...found.customers.map(({ customer, last }) => person(customer, last)));
}

function person(customer, last) {
  const button = element("button", { className: "person", type: "button", onclick: () => showThread(customer.key) },
    element("span", { className: "face", "aria-hidden": "true" }, [...customer.name][0] ?? "?"),
    element("span", { className: "name", dir: "auto" }, customer.name),
    element("span", { className: "when" }, last ? clock(last.at) : ""),
    element("span", { className: "last", dir: "auto" }, last ? summary(last) : "has not written yet"));
  if (customer.key === state.address) button.setAttribute("aria-current", "true");
  return element("li", {}, button);
}

async function drawThread() {
  const address = state.address;
  const found = await call("GET", mine(`/thread?${query()}`));
  if (!found.entries || address !== state.address) return;
  drawTyping(found.typing_until);
  if (find("reading").checked && document.visibilityState === "visible") await readArrived(found.entries);
  const text = JSON.stringify(found);
  if (text === state.thread) return;
  state.thread = text;
  const { customer } = found;
  find("who").textContent = customer.name;
  find("about").textContent = customer.phone ? `+${customer.phone}` : `${customer.username ?? ""} ${customer.bsuid}`;
  find("reachable").checked = customer.reachable;
  const list = find("thread");
  const below = list.scrollHeight - list.scrollTop - list.clientHeight;
  list.replaceChildren(...found.entries.map((entry) => bubble(entry, found.entries, acts)));
  if (below < 80) stayBelow(list);
}

/** Show the end of the thread, also when its pictures have taken their room. */
function stayBelow(list) {
  const down = () => { list.scrollTop = list.scrollHeight; };
  down();
  for (const picture of list.querySelectorAll("img")) picture.addEventListener("load", down);
}

async function readArrived(entries) {
  const unread = entries.some((entry) => entry.author === "business" && ["accepted", "sent", "delivered"].includes(entry.status));
  if (unread) await call("POST", mine("/read"), { phone_number_id: state.number });
}

function drawTyping(until) {
  const left = until ? until * 1000 - Date.now() : 0;
  find("typing").hidden = left <= 0;
  if (left > 0) setTimeout(() => drawTyping(until), left + 50);
}

async function showThread(address) {
  Object.assign(state, { address, thread: "" });
  aimAt(null);
  document.body.classList.add("open");
  await refresh();
  stayBelow(find("thread"));
  find("text").focus();
}

// --- what a person does

const acts = {
  quote: (entry) => aimAt(entry),
  edit: (entry) => aimAt(entry, true),
  react: (entry, emoji) => send({ type: "reaction", message_id: entry.message_id, emoji }),
  erase: (entry) => send({ type: "revoke", message_id: entry.message_id }),
  choose: (entry, choice) => send({ reply_to: entry.message_id, ...choice }),
};

function aimAt(entry, edits = false) {
  Object.assign(state, { aim: entry, edits });
  find("quote").hidden = entry === null;
  find("quote-text").textContent = entry === null ? "" : `${edits ? "✎" : "↩"} ${summary(entry)}`;
  if (edits) find("text").value = entry.content.body;
  find("text").focus();
}

async function submit(event) {
  event.preventDefault();
  const text = find("text").value.trim();
  if (!text) return;
  const { aim, edits } = state;
  find("text").value = "";
  aimAt(null);
  if (aim === null) await send({ text });
  else if (edits) await send({ type: "edit", message_id: aim.message_id, text });
  else await send({ text, reply_to: aim.message_id });
}

async function addCustomer(event) {
  event.preventDefault();
  const form = event.target;
  const asked = Object.fromEntries(new FormData(form));
  const hidden = Boolean(asked.hidden) || !asked.phone;
  const names = hidden ? { name: asked.name, username: asked.name.toLowerCase().replace(/\s+/g, ".") } : { name: asked.name, phone: asked.phone };
  const found = await call("POST", "/customers", names);
  if (!found.success) return;
  form.reset();
  await showThread(found.customer.key);
}

function listen() {
  find("composer").addEventListener("submit", submit);
  find("new-customer").addEventListener("submit", addCustomer);
  find("quote-off").addEventListener("click", () => { find("text").value = ""; aimAt(null); });
  find("back").addEventListener("click", () => document.body.classList.remove("open"));
  find("number").addEventListener("change", () => { Object.assign(state, { number: find("number").value, thread: "" }); refresh(); });
  find("reading").addEventListener("change", refresh);
  find("reachable").addEventListener("change", () => state.address !== null && call("PATCH", mine(""), { reachable: find("reachable").checked }));
  find("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  document.addEventListener("visibilitychange", refresh);
  find("attachments").append(...ATTACHMENTS.map(([label, message]) =>
    element("button", { type: "button", onclick: () => { find("attach").open = false; send(message); } }, label)));
}

/** Read again on every change; changes that come while reading are one more reading afterwards. */
function follow() {
  let busy = false;
  let again = false;
  const source = new EventSource("/emulator/changes");
  const liveLine = find("live");
  source.onopen = () => { liveLine.textContent = "live"; liveLine.classList.add("on"); };
  source.onerror = () => { liveLine.textContent = "reconnecting…"; liveLine.classList.remove("on"); };
  source.onmessage = async () => {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        await refresh();
      }
    } finally {
      busy = false;
    }
  };
}

listen();
follow();
