/** What a file is, as far as a browser can say, and how large. */
import type { FileKind } from "../api/sending.ts";
import type { Capabilities } from "../api/types.ts";
import { type Language, remembered } from "../i18n/index.ts";

const MEGABYTE = 1024 * 1024;
const WITH_CAPTION: FileKind[] = ["image", "video", "document"];

/** The kind of message that a file will probably become; the server looks at its bytes and decides. */
export function likelyKind(mime_type: string): FileKind {
  const [family] = mime_type.split("/");
  if (family === "image" && mime_type !== "image/svg+xml") return "image";
  return family === "video" || family === "audio" ? family : "document";
}

/** What a person may choose that a file goes as; the first one unless they do. Empty: the channel takes no such file. */
export function kindsFor(mime_type: string, capabilities: Capabilities): FileKind[] {
  const likely = likelyKind(mime_type);
  const wanted: FileKind[] = mime_type === "image/webp" ? [likely, "sticker", "document"] : [likely, "document"];
  return [...new Set(wanted)].filter((kind) => capabilities.kinds.includes(kind));
}

/** Pictures are made smaller where they arrive; what is beyond this is not even brought there. */
export function bytesMax(kind: FileKind, capabilities: Capabilities): number {
  const { files } = capabilities;
  return Math.max(files[kind]?.bytes_max ?? 0, files.document?.bytes_max ?? 0, kind === "image" ? 25 * MEGABYTE : 0);
}

export function takesCaption(kind: FileKind): boolean {
  return WITH_CAPTION.includes(kind);
}

const kilobytes = remembered((language) => formatOf(language, "kilobyte"));
const megabytes = remembered((language) => formatOf(language, "megabyte"));

function formatOf(language: Language, unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 });
}

/** As people say it: kilobytes, or megabytes from one on. */
export function sizeText(language: Language, bytes: number): string {
  return bytes < MEGABYTE
    ? kilobytes(language).format(Math.max(1, Math.round(bytes / 1024)))
    : megabytes(language).format(bytes / MEGABYTE);
}
