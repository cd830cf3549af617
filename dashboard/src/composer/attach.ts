/** Files that a person chooses, pastes or drops: which of them this channel takes, and as what. */
import type { Capabilities } from "../api/types.ts";
import { bytesMax, kindsFor, likelyKind } from "../lib/files.ts";
import { trayOf } from "../live/compose.ts";
import { attachFile, useUploads } from "../live/uploads.ts";

/** More files than anybody looks through before sending them. */
export const TRAY_FILES_MAX = 30;

/** Puts them into the tray of a conversation, where each says by itself when it cannot go. */
export function attachFiles(conversation_id: string, files: File[], capabilities: Capabilities): void {
  const room = TRAY_FILES_MAX - trayOf(useUploads.getState().items, conversation_id).length;
  for (const [place, file] of files.slice(0, Math.max(0, room) + 1).entries()) {
    const [kind] = kindsFor(file.type, capabilities);
    const refusal = place >= room ? "tray_full" : refusalOf(file, capabilities);
    const told = kind === "document" && !takesEverything(capabilities);
    attachFile(conversation_id, file, file.name, { place: "tray", kind: kind ?? likelyKind(file.type), told, refusal });
  }
}

/** Where it does not, the server must be told of a document: by its bytes it may be a sound that nobody here can send. */
function takesEverything({ kinds }: Capabilities): boolean {
  return (["image", "video", "audio"] as const).every((kind) => kinds.includes(kind));
}

/** What needs no upload to be known. */
function refusalOf(file: File, capabilities: Capabilities): string | null {
  const [kind] = kindsFor(file.type, capabilities);
  if (!kind) return "file_not_taken";
  if (file.size === 0) return "file_empty";
  return file.size > bytesMax(kind, capabilities) ? "file_too_large" : null;
}

export function takesFiles(capabilities: Capabilities | null): boolean {
  return capabilities !== null && Object.keys(capabilities.files).length > 0;
}

/** The files in what was dropped or pasted; a folder is none. */
export function filesIn(transfer: DataTransfer | null): File[] {
  const entries = [...(transfer?.items ?? [])].filter(({ kind }) => kind === "file");
  const plain = entries.filter((entry) => !entry.webkitGetAsEntry?.()?.isDirectory);
  return plain.flatMap((entry) => entry.getAsFile() ?? []);
}
