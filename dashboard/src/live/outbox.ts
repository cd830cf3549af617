/** Sends what was written: in order, one at a time per conversation, and never twice under two ids. */
import { ApiError } from "../api/client.ts";
import { sendMessage } from "../api/pages.ts";
import type { SendParts } from "../api/sending.ts";
import type { Conversation, Message } from "../api/types.ts";
import { newId } from "../lib/id.ts";
import { placeInThread } from "./apply.ts";
import { retryDelay } from "./connection.ts";
import { changeDraft, draftOf } from "./drafts.ts";
import {
  canTakeBack,
  changePending,
  joinFile,
  newPending,
  nextToSend,
  type Pending,
  revive,
  settle,
  type Written,
} from "./pending.ts";
import { changeLive, liveNow, useScreen } from "./store.ts";
import { newestSequence } from "./thread.ts";
import {
  dropFile,
  type FileItem,
  isAtHand,
  moveFile,
  onFileSettled,
  removeFile,
  restoreFile,
  retryFile,
  retryWaiting,
  useUploads,
} from "./uploads.ts";
import { windowWasRefused } from "./window.ts";

let storageKey = "";
let resting = new Map<string, ReturnType<typeof setTimeout>>();
let signedOut: () => void = () => {};
let stopListening: () => void = () => {};

/** Brings back what a reload interrupted. Kept per tab, so that two tabs never send the same line. */
export function startOutbox(key: string, onSignedOut: () => void): void {
  storageKey = `wasl.outbox.${key}`;
  signedOut = onSignedOut;
  const kept = sessionStorage.getItem(storageKey);
  if (kept) useScreen.setState({ pending: revive(JSON.parse(kept), new Date(), isAtHand) });
  const unheard = onFileSettled(fileSettled);
  const unseen = useScreen.subscribe(({ pending }, before) => pending !== before.pending && dropSentFiles(pending));
  stopListening = () => {
    unheard();
    unseen();
  };
  sendWaiting();
}

export function stopOutbox(forget: boolean): void {
  stopListening();
  for (const timer of resting.values()) clearTimeout(timer);
  resting = new Map();
  if (forget && storageKey) sessionStorage.removeItem(storageKey);
  storageKey = "";
}

export function write(written: Written): void {
  if (written.file) moveFile(written.file.id, { place: "message" });
  keep([...useScreen.getState().pending, newPending(written, newId(), new Date())]);
  sendWaiting();
}

/** Everything that only waits for the network goes out now. */
export function sendWaiting(): void {
  for (const timer of resting.values()) clearTimeout(timer);
  resting.clear();
  retryWaiting();
  pump();
}

/** The person has seen what is new, and sends all the same, also what waits behind it; or tries again what was refused. */
export function sendAnyway(entry: Pending, force: boolean): void {
  const seen_sequence = Math.max(
    newestSequence(liveNow().threads[entry.conversation_id]?.messages ?? []),
    newestSequence(entry.newer),
    entry.seen_sequence,
  );
  if (entry.state === "guarded") for (const one of waitingIn(entry.conversation_id)) change(one, { seen_sequence });
  // Without its file at the server it waits for that first.
  const wantsFile = entry.file !== null && (entry.file.upload === null || entry.error?.code === "upload_gone");
  const isLost = wantsFile && !retryFile(entry.file?.id ?? "");
  const state = wantsFile ? "uploading" : "queued";
  // What the server has swept must not be named again.
  const file = wantsFile && entry.file ? { ...entry.file, upload: null } : entry.file;
  change(entry, { state, file, force, seen_sequence, attempts: 0, error: null, newer: [] });
  if (isLost) change(entry, refusal("file_lost"));
  pump();
}

/** Puts a message that did not go out back where it was written, before anything begun since. What a form made stays. */
export function takeBack(entry: Pending): void {
  if (!canTakeBack(entry)) return;
  if (entry.file) restoreFile(entry.file, entry.conversation_id);
  const draft = draftOf(entry.conversation_id);
  changeDraft(entry.conversation_id, {
    text: lines(entry.content, draft.text),
    reply: draft.reply ?? entry.reply_preview,
  });
  forget(entry);
}

/** Everything that waits in a conversation goes back to its author, in the order it was written. */
export function takeAllBack(conversation_id: string): void {
  for (const one of waitingIn(conversation_id).reverse()) takeBack(one);
}

/**
 * What was written where nothing is said any more, brought to where the conversation goes on: the draft, the tray, and
 * what was held back or refused. A quote stays behind: it is of a message over there. What may be on its way is let go.
 */
export function carryOn({ conversation_id, user_id, continued_in }: Conversation): void {
  if (!continued_in) return;
  const there = { conversation_id: continued_in, user_id, reply_preview: null };
  changeDraft(continued_in, { text: lines(draftOf(conversation_id).text, draftOf(continued_in).text) });
  changeDraft(conversation_id, { text: "", reply: null });
  for (const file of useUploads.getState().items)
    if (file.place === "tray" && file.conversation_id === conversation_id)
      moveFile(file.id, { conversation_id: continued_in });
  const { pending } = useScreen.getState();
  for (const entry of pending.filter((one) => one.conversation_id === conversation_id).reverse()) {
    const isStuck = entry.state === "refused" || entry.state === "guarded";
    if (canTakeBack(entry) && (isStuck || entry.state === "uploading")) takeBack({ ...entry, ...there });
    else if (isStuck)
      change(entry, { ...there, error: entry.error?.code === "conversation_continued" ? null : entry.error });
  }
}

function lines(...parts: string[]): string {
  return parts.filter(Boolean).join("\n");
}

function waitingIn(conversation_id: string): Pending[] {
  const { pending } = useScreen.getState();
  return pending.filter((entry) => entry.conversation_id === conversation_id && entry.state !== "refused");
}

export function withdraw(entry: Pending): void {
  if (entry.file) removeFile(entry.file.id);
  forget(entry);
}

function forget(entry: Pending): void {
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
      message: wordsOf(entry),
      message_type: entry.message_type,
      client_message_id: entry.client_message_id,
      reply_to: entry.reply_preview?.message_id ?? null,
      seen_sequence: entry.seen_sequence,
      force: entry.force,
      ...partsOf(entry),
    });
    accepted(entry, message);
  } catch (reason) {
    if (!(reason instanceof ApiError)) throw reason;
    failed(entry, reason);
  }
  pump();
}

/** What a form made says everything in its parts; words go along only with text and files. */
function wordsOf(entry: Pending): string {
  return canTakeBack(entry) ? entry.content : "";
}

function partsOf({ parts, file }: Pending): SendParts {
  return file?.upload ? { ...parts, upload_id: file.upload.upload_id } : parts;
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
  } else if (reason.code === "window_closed") {
    windowClosed(entry, reason);
  } else if (reason.isTransient || reason.status === 429) {
    change(entry, { state: "queued", attempts: entry.attempts + 1 });
    rest(entry);
  } else if (reason.status === 401) {
    change(entry, { state: "queued" });
    rest(entry);
    signedOut();
  } else {
    change(entry, refusal(reason.code, reason.message));
    // Whoever has gone to where the conversation goes on would not see it here.
    const row = liveNow().conversations[entry.conversation_id];
    if (row?.continued_in && row.continued_in === useScreen.getState().selected?.conversation_id) carryOn(row);
  }
}

/** Free text is not taken any more: everything that waits here goes back to its author, but for the templates. */
function windowClosed(entry: Pending, reason: ApiError): void {
  windowWasRefused(entry.conversation_id);
  const made = waitingIn(entry.conversation_id).filter((one) => one.message_type !== "template" && !canTakeBack(one));
  for (const one of made) change(one, refusal(reason.code, reason.message));
  takeAllBack(entry.conversation_id);
}

function fileSettled(item: FileItem): void {
  keep(joinFile(useScreen.getState().pending, item));
  pump();
}

/** Files of messages that the server holds by now. */
function dropSentFiles(pending: Pending[]): void {
  const waiting = new Set(pending.map(({ file }) => file?.id));
  const sent = useUploads.getState().items.filter(({ place, id }) => place === "message" && !waiting.has(id));
  for (const { id } of sent) dropFile(id);
}

function refusal(code: string, message = ""): Pick<Pending, "state" | "error"> {
  return { state: "refused", error: { code, message } };
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
