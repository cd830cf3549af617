/** Files on their way to the server: in the tray of a conversation, in a form, or part of a message already written. */
import { create } from "zustand";
import { ApiError } from "../api/client.ts";
import { forgetUpload } from "../api/pages.ts";
import type { FileKind, Upload } from "../api/sending.ts";
import { bringFile, type Transfer } from "../api/upload.ts";
import { newId } from "../lib/id.ts";
import { retryDelay } from "./connection.ts";

export interface FileItem {
  id: string;
  conversation_id: string;
  /** `tray`: the next message takes it along; `form`: a form holds it; `message`: it belongs to one in the outbox. */
  place: "tray" | "form" | "message";
  name: string;
  mime_type: string;
  bytes: number;
  /** What it is taken for until the server has looked at it. */
  kind: FileKind;
  /** The kind was chosen by a person, or is that of a recording: the server is told. */
  told: boolean;
  state: "waiting" | "uploading" | "ready" | "failed";
  /** 0 to 1. */
  share: number;
  /** An address of this page for what it looks or sounds like; gone after a reload. */
  preview: string | null;
  upload: Upload | null;
  error: { code: string; message: string } | null;
}

export interface FileWish {
  place: FileItem["place"];
  kind: FileKind;
  told?: boolean;
  /** Why it is not even brought, as code of an error that has a text. */
  refusal?: string | null;
}

/** More at once would only make each of them slower, and the event stream needs a connection too. */
const UPLOADS_AT_ONCE = 2;
/** After this many lost lines a person decides. */
const ATTEMPTS_MAX = 5;

export const useUploads = create<{ items: FileItem[] }>()(() => ({ items: [] }));

const files = new Map<string, Blob>();
const transfers = new Map<string, Transfer>();
const attempts = new Map<string, number>();
const resting = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<(item: FileItem) => void>();
let storageKey = "";
/** False while nobody is signed in: a file that is taken then waits. */
let isOpen = false;

/**
 * Goes on with what this operator had here when the session ended. Otherwise brings back what was in the trays of this
 * tab before a reload: the files that had arrived.
 */
export function openUploads(key: string): void {
  const before = storageKey;
  storageKey = `wasl.tray.${key}`;
  isOpen = true;
  if (storageKey !== before) {
    for (const { id } of useUploads.getState().items) letGo(id);
    useUploads.setState({ items: JSON.parse(sessionStorage.getItem(storageKey) ?? "[]") });
  }
  window.addEventListener("beforeunload", warnOfLoss);
  pump();
}

/** `forget` at a log-out; a session that merely ran out must not cost anybody's files. */
export function closeUploads(forget: boolean): void {
  isOpen = false;
  const { items } = useUploads.getState();
  if (forget) {
    window.removeEventListener("beforeunload", warnOfLoss);
    if (storageKey) sessionStorage.removeItem(storageKey);
    storageKey = "";
    for (const { id } of items) letGo(id);
    useUploads.setState({ items: [] });
    return;
  }
  for (const { id, state } of items) {
    halt(id);
    if (state === "uploading") change(id, { state: "waiting", share: 0 });
  }
}

/** The file itself is here, so that it can be brought. */
export function isAtHand(id: string): boolean {
  return files.has(id);
}

/** Tells when a file has arrived or will not; returns how to stop listening. */
export function onFileSettled(listener: (item: FileItem) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function itemOf(id: string): FileItem | undefined {
  return useUploads.getState().items.find((item) => item.id === id);
}

/** Takes a file and begins to bring it; its id here. */
export function attachFile(conversation_id: string, file: Blob, name: string, wish: FileWish): string {
  const item: FileItem = {
    id: newId(),
    conversation_id,
    place: wish.place,
    name,
    mime_type: file.type,
    bytes: file.size,
    kind: wish.kind,
    told: wish.told ?? false,
    state: wish.refusal ? "failed" : "waiting",
    share: 0,
    preview: /^(image|video|audio)\//.test(file.type) ? URL.createObjectURL(file) : null,
    upload: null,
    error: wish.refusal ? { code: wish.refusal, message: "" } : null,
  };
  files.set(item.id, file);
  keep([...useUploads.getState().items, item]);
  pump();
  return item.id;
}

/** Brings it once more, perhaps as something else. Only while the file itself is still at hand. */
export function retryFile(id: string, kind?: FileKind): boolean {
  const item = itemOf(id);
  if (!item || !files.has(id)) return false;
  forget(item);
  change(id, {
    state: "waiting",
    share: 0,
    upload: null,
    error: null,
    ...(kind ? { kind, told: true } : {}),
  });
  pump();
  return true;
}

/** Whatever waits only because a line was cut goes on now. */
export function retryWaiting(): void {
  for (const timer of resting.values()) clearTimeout(timer);
  resting.clear();
  pump();
}

/** The person does not want it after all; the server need not keep it. */
export function removeFile(id: string): void {
  const item = itemOf(id);
  if (!item) return;
  forget(item);
  dropFile(id);
}

/** It is part of a message that the server holds by now; nothing is left to do here. */
export function dropFile(id: string): void {
  letGo(id);
  keep(useUploads.getState().items.filter((item) => item.id !== id));
  pump();
}

export function moveFile(id: string, where: Partial<Pick<FileItem, "place" | "conversation_id">>): void {
  change(id, where);
}

/** A file put back into a tray; it may have arrived before a reload, and be forgotten here. */
export function restoreFile(item: FileItem, conversation_id: string): void {
  const where = { place: "tray" as const, conversation_id };
  if (itemOf(item.id)) moveFile(item.id, where);
  else if (item.upload) keep([{ ...item, ...where, preview: null }, ...useUploads.getState().items]);
}

function pump(): void {
  const { items } = useUploads.getState();
  const next = items.find((item) => item.state === "waiting" && !resting.has(item.id));
  if (!isOpen || !next || transfers.size >= UPLOADS_AT_ONCE) return;
  void bring(next);
  pump();
}

async function bring(item: FileItem): Promise<void> {
  const file = files.get(item.id);
  if (!file) return;
  const onProgress = (share: number) => transfers.get(item.id) === transfer && change(item.id, { share });
  const transfer = bringFile(file, item.name, item.told ? item.kind : null, onProgress);
  transfers.set(item.id, transfer);
  change(item.id, { state: "uploading" });
  try {
    const upload = await transfer.arrived;
    if (transfers.get(item.id) !== transfer) return;
    transfers.delete(item.id);
    change(item.id, { state: "ready", share: 1, upload, kind: upload.kind });
  } catch (reason) {
    if (!(reason instanceof ApiError)) throw reason;
    if (transfers.get(item.id) !== transfer) return;
    transfers.delete(item.id);
    failed(item.id, reason);
  }
  const settled = itemOf(item.id);
  if (settled && settled.state !== "waiting") for (const listener of listeners) listener(settled);
  pump();
}

function failed(id: string, reason: ApiError): void {
  const attempt = (attempts.get(id) ?? 0) + 1;
  attempts.set(id, attempt);
  // Without a session it waits for the next one: others notice that there is none. And refused for their number alone
  // there is room when one of the others has arrived.
  const passes = reason.isTransient || reason.status === 401 || reason.status === 429;
  if (passes && attempt < ATTEMPTS_MAX) {
    change(id, { state: "waiting", share: 0 });
    const wake = () => {
      resting.delete(id);
      pump();
    };
    resting.set(id, setTimeout(wake, retryDelay(attempt - 1)));
  } else {
    change(id, { state: "failed", error: { code: reason.code, message: reason.message } });
  }
}

/** Stops a transfer, and lets the server forget what came of it. */
function forget(item: FileItem): void {
  halt(item.id);
  if (!item.upload) return;
  forgetUpload(item.upload.upload_id).catch((reason: unknown) => {
    // The server sweeps by itself what nobody sends.
    if (!(reason instanceof ApiError)) throw reason;
  });
}

function letGo(id: string): void {
  const preview = itemOf(id)?.preview;
  if (preview) URL.revokeObjectURL(preview);
  halt(id);
  files.delete(id);
}

function halt(id: string): void {
  transfers.get(id)?.cancel();
  clearTimeout(resting.get(id));
  for (const map of [transfers, attempts, resting]) map.delete(id);
}

function change(id: string, what: Partial<FileItem>): void {
  keep(useUploads.getState().items.map((item) => (item.id === id ? { ...item, ...what } : item)));
}

function keep(items: FileItem[]): void {
  useUploads.setState({ items });
  if (!storageKey) return;
  const kept = items.filter((item) => item.place === "tray" && item.state === "ready");
  if (kept.length > 0)
    sessionStorage.setItem(storageKey, JSON.stringify(kept.map((item) => ({ ...item, preview: null }))));
  else sessionStorage.removeItem(storageKey);
}

function warnOfLoss(event: BeforeUnloadEvent): void {
  const { items } = useUploads.getState();
  if (items.some(({ state }) => state === "waiting" || state === "uploading")) event.preventDefault();
}
