/** Sends what was written: in order, one at a time per conversation, and never twice under two ids. */
import { ApiError } from "../api/client.ts";
import { sendMessage } from "../api/pages.ts";
import type { Message } from "../api/types.ts";
import { newId } from "../lib/id.ts";
import { placeInThread } from "./apply.ts";
import { retryDelay } from "./connection.ts";
import { changeDraft, draftOf } from "./drafts.ts";
import { changePending, newPending, nextToSend, type Pending, revive, settle, type Written } from "./pending.ts";
import { changeLive, liveNow, useScreen } from "./store.ts";
import { newestSequence } from "./thread.ts";

let storageKey = "";
let resting = new Map<string, ReturnType<typeof setTimeout>>();
let signedOut: () => void = () => {};

/** Brings back what a reload interrupted. Kept per tab, so that two tabs never send the same line. */
export function startOutbox(key: string, onSignedOut: () => void): void {
  storageKey = `wasl.outbox.${key}`;
  signedOut = onSignedOut;
  const kept = sessionStorage.getItem(storageKey);
  if (kept) useScreen.setState({ pending: revive(JSON.parse(kept), new Date()) });
  sendWaiting();
}

export function stopOutbox(forget: boolean): void {
  for (const timer of resting.values()) clearTimeout(timer);
  resting = new Map();
  if (forget && storageKey) sessionStorage.removeItem(storageKey);
  storageKey = "";
}

export function write(written: Written): void {
  keep([...useScreen.getState().pending, newPending(written, newId(), new Date())]);
  sendWaiting();
}

/** Everything that only waits for the network goes out now. */
export function sendWaiting(): void {
  for (const timer of resting.values()) clearTimeout(timer);
  resting.clear();
  pump();
}

/** The person has seen what is new, and sends all the same; or tries again what was refused. */
export function sendAnyway(entry: Pending, force: boolean): void {
  const seen_sequence = Math.max(
    newestSequence(liveNow().threads[entry.conversation_id]?.messages ?? []),
    newestSequence(entry.newer),
    entry.seen_sequence,
  );
  change(entry, { state: "queued", force, seen_sequence, attempts: 0, error: null, newer: [] });
  pump();
}

/** Puts a message that did not go out back where it was written, before anything begun since. */
export function takeBack(entry: Pending): void {
  const draft = draftOf(entry.conversation_id);
  const text = draft.text ? `${entry.content}\n${draft.text}` : entry.content;
  changeDraft(entry.conversation_id, { text, reply: draft.reply ?? entry.reply_preview });
  withdraw(entry);
}

export function withdraw(entry: Pending): void {
  keep(settle(useScreen.getState().pending, [entry.client_message_id]));
  pump();
}

function pump(): void {
  for (const entry of nextToSend(useScreen.getState().pending)) {
    if (!resting.has(entry.conversation_id)) void send(entry);
  }
}

async function send(entry: Pending): Promise<void> {
  change(entry, { state: "sending" });
  try {
    const { message } = await sendMessage({
      conversation_id: entry.conversation_id,
      user_id: entry.user_id,
      message: entry.content,
      message_type: "text",
      client_message_id: entry.client_message_id,
      reply_to: entry.reply_preview?.message_id ?? null,
      seen_sequence: entry.seen_sequence,
      force: entry.force,
    });
    accepted(entry, message);
  } catch (reason) {
    if (!(reason instanceof ApiError)) throw reason;
    failed(entry, reason);
  }
  pump();
}

function accepted(entry: Pending, message: Message): void {
  changeLive((live) => placeInThread(live, message));
  keep(settle(useScreen.getState().pending, [entry.client_message_id]));
}

function failed(entry: Pending, reason: ApiError): void {
  if (reason.code === "newer_message") {
    const newer = (reason.body.newer as Message[] | undefined) ?? [];
    changeLive((live) => newer.reduce(placeInThread, live));
    change(entry, { state: "guarded", newer });
  } else if (reason.isTransient || reason.status === 429) {
    change(entry, { state: "queued", attempts: entry.attempts + 1 });
    rest(entry);
  } else if (reason.status === 401) {
    change(entry, { state: "queued" });
    rest(entry);
    signedOut();
  } else {
    change(entry, { state: "refused", error: { code: reason.code, message: reason.message } });
  }
}

function rest(entry: Pending): void {
  const wake = () => {
    resting.delete(entry.conversation_id);
    pump();
  };
  resting.set(entry.conversation_id, setTimeout(wake, retryDelay(entry.attempts)));
}

function change(entry: Pending, what: Partial<Pending>): void {
  keep(changePending(useScreen.getState().pending, entry.client_message_id, what));
}

function keep(pending: Pending[]): void {
  useScreen.setState({ pending });
  if (!storageKey) return;
  if (pending.length > 0) sessionStorage.setItem(storageKey, JSON.stringify(pending));
  else sessionStorage.removeItem(storageKey);
}
