/** Messages that were written here and are not yet known to the server. Pure; outbox.ts does the sending. */
import type { SendKind, SendParts } from "../api/sending.ts";
import type { Media, Message, ReplyPreview } from "../api/types.ts";
import type { FileItem } from "./uploads.ts";

export type PendingState =
  /** Its file is not at the server yet. */
  | "uploading"
  /** Waits for its turn, or for the network; goes out by itself. */
  | "queued"
  | "sending"
  /** The server stopped it, because something newer stands in the conversation. */
  | "guarded"
  /** The server said no; a person decides. */
  | "refused";

export interface Written {
  conversation_id: string;
  user_id: string;
  /** What is said: a text, a caption, or what a message of another kind amounts to. */
  content: string;
  reply_preview: ReplyPreview | null;
  seen_sequence: number;
  message_type?: SendKind;
  parts?: SendParts;
  /** What the server will say of it in `metadata`, for the bubble until then. */
  metadata?: Record<string, unknown>;
  file?: FileItem | null;
}

export interface Pending extends Required<Written> {
  client_message_id: string;
  force: boolean;
  created_at: string;
  state: PendingState;
  attempts: number;
  newer: Message[];
  error: { code: string; message: string } | null;
}

/** A page that was away for longer does not send by itself: what was meant then may be wrong now. */
const UNATTENDED_SECONDS_MAX = 300;

const PLAIN = { message_type: "text" as const, parts: {}, metadata: {}, file: null };

export function newPending(written: Written, client_message_id: string, now: Date): Pending {
  return {
    ...PLAIN,
    ...written,
    client_message_id,
    force: false,
    created_at: now.toISOString(),
    state: readiness(written.file ?? null),
    attempts: 0,
    newer: [],
    error: null,
  };
}

/** The next one to go out for each conversation: strictly in the order they were written, one at a time. */
export function nextToSend(pending: Pending[]): Pending[] {
  const heads = new Map<string, Pending>();
  for (const entry of pending) {
    if (entry.state !== "refused" && !heads.has(entry.conversation_id)) heads.set(entry.conversation_id, entry);
  }
  return [...heads.values()].filter((entry) => entry.state === "queued");
}

export function changePending(pending: Pending[], client_message_id: string, change: Partial<Pending>): Pending[] {
  return pending.map((entry) => (entry.client_message_id === client_message_id ? { ...entry, ...change } : entry));
}

/** A file has arrived, or will not: what that means for the message that waits for it. */
export function joinFile(pending: Pending[], item: FileItem): Pending[] {
  return pending.map((entry) => {
    if (entry.file?.id !== item.id || entry.state !== "uploading") return entry;
    if (item.state === "failed") return { ...entry, file: item, state: "refused", error: item.error };
    return { ...entry, ...withFile(entry, item), state: "queued", attempts: 0 };
  });
}

/** What is sent with a file is of the kind that the server found it to be, unless only its header is that file. */
function withFile(entry: Pending, item: FileItem): Pick<Pending, "file" | "message_type"> {
  const isFileMessage = entry.message_type !== "template" && entry.message_type !== "interactive";
  return { file: item, message_type: isFileMessage ? item.kind : entry.message_type };
}

/** Takes out what the server is now known to hold. */
export function settle(pending: Pending[], known: Iterable<string | null | undefined>): Pending[] {
  const ids = new Set(known);
  return pending.some((entry) => ids.has(entry.client_message_id))
    ? pending.filter((entry) => !ids.has(entry.client_message_id))
    : pending;
}

/**
 * What a reload, or the next session, finds of before it. A send whose outcome is open is asked again under the same id.
 * `isAtHand` says of which files this page still has the bytes.
 */
export function revive(pending: Pending[], now: Date, isAtHand = (_id: string) => false): Pending[] {
  return pending.map((kept) => {
    // What an earlier version of this page has kept says nothing of kinds: there was only text.
    const entry: Pending = { ...PLAIN, ...kept };
    if (entry.file && !isAtHand(entry.file.id)) {
      entry.file = { ...entry.file, preview: null };
      // Files do not outlive the page that they were chosen in.
      if (!entry.file.upload || entry.state === "uploading") return refused(entry, "file_lost");
    }
    if (entry.state === "guarded" || entry.state === "refused") return entry;
    const seconds = (now.getTime() - Date.parse(entry.created_at)) / 1000;
    const state = entry.state === "uploading" ? "uploading" : "queued";
    if (seconds <= UNATTENDED_SECONDS_MAX) return { ...entry, state, attempts: 0 };
    return refused(entry, "not_sent_in_time");
  });
}

/** Text and files go back to where they were put together; what a form made is only sent again or discarded. */
export function canTakeBack({ message_type, file }: Pending): boolean {
  return message_type === "text" || (file !== null && message_type !== "template" && message_type !== "interactive");
}

/** The bubble of a message that only this browser knows; it stands below everything else. */
export function bubbleOf(pending: Pending, operator: { operator_id: string; name: string }): Message {
  const media = pending.file ? mediaOf(pending.file) : null;
  const isSound = pending.message_type === "voice" || pending.message_type === "audio";
  const isPicture = pending.message_type === "image" || pending.message_type === "sticker";
  return {
    message_id: pending.client_message_id,
    conversation_id: pending.conversation_id,
    user_id: pending.user_id,
    sequence: 0,
    clock: 0,
    version: 0,
    timestamp: pending.created_at,
    is_user: false,
    role: "operator",
    handled_by: "operator",
    operator_id: operator.operator_id,
    operator_name: operator.name,
    origin: "live",
    type: pending.message_type,
    content: pending.content,
    text: pending.content,
    status: pending.state === "refused" ? "failed" : "queued",
    error: pending.error,
    reply_to: pending.reply_preview?.message_id ?? null,
    reply_preview: pending.reply_preview,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    audio_url: isSound ? (media?.url ?? null) : null,
    image_url: isPicture ? (media?.url ?? null) : null,
    media,
    metadata: pending.metadata,
    client_message_id: pending.client_message_id,
  };
}

/** A file as its bubble shows it before the server has the message: from this page's own memory, if it is there. */
export function mediaOf({ name, mime_type, bytes, kind, preview, upload }: FileItem): Media {
  const url = preview ?? upload?.url ?? null;
  return {
    state: url ? "ready" : "pending",
    sha256: null,
    url,
    thumbnail_url: kind === "image" ? (preview ?? upload?.thumbnail_url ?? null) : (upload?.thumbnail_url ?? null),
    mime_type: upload?.mime_type ?? mime_type,
    bytes: upload?.bytes ?? bytes,
    name: upload?.name ?? name,
    duration_seconds: upload?.duration_seconds ?? null,
    width: upload?.width ?? null,
    height: upload?.height ?? null,
    peaks: upload?.peaks ?? [],
    voice: kind === "voice",
    animated: false,
    error: null,
    can_retry: false,
  };
}

function readiness(file: FileItem | null): PendingState {
  return file && !file.upload ? "uploading" : "queued";
}

function refused(entry: Pending, code: string): Pending {
  return { ...entry, state: "refused", error: { code, message: "" } };
}
