/** Brings one file to the server, and tells how far it is: what `fetch` cannot. */
import { ApiError } from "./client.ts";
import { UPLOADS_URL } from "./pages.ts";
import type { FileKind, Upload } from "./sending.ts";

/** A line on which nothing moves for so long is dead. */
const STALLED_MS = 45_000;
/** When all bytes are there the server still makes a voice note or a smaller picture of them. */
const WORKING_MS = 180_000;

export interface Transfer<Brought = Upload> {
  /** Rejects with an ApiError; its code is `cancelled` after `cancel`. */
  arrived: Promise<Brought>;
  cancel: () => void;
}

/** `kind` is said where the bytes do not tell what is meant: a voice note, a sticker, a picture as a document. */
export function bringFile(
  file: Blob,
  name: string,
  kind: FileKind | null,
  onProgress: (share: number) => void,
): Transfer {
  const query = new URLSearchParams(kind ? { name, kind } : { name });
  return transfer(`${UPLOADS_URL}?${query}`, file, onProgress, ({ upload }) => upload as Upload | undefined);
}

/** `found` takes what was made of the file out of the answer; without it, it was none. */
export function transfer<Brought>(
  url: string,
  file: Blob,
  onProgress: (share: number) => void,
  found: (answer: Record<string, unknown>) => Brought | undefined,
): Transfer<Brought> {
  const request = new XMLHttpRequest();
  let stalled: ReturnType<typeof setTimeout> | undefined;
  const expectWithin = (milliseconds: number) => {
    clearTimeout(stalled);
    stalled = setTimeout(() => request.abort(), milliseconds);
  };
  let isCancelled = false;
  const arrived = new Promise<Brought>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => {
      expectWithin(STALLED_MS);
      if (total > 0) onProgress(loaded / total);
    };
    request.upload.onload = () => expectWithin(WORKING_MS);
    request.onload = () => {
      const answer = jsonOf(request.responseText);
      const brought = isGood(request.status) ? found(answer) : undefined;
      if (brought) resolve(brought);
      else reject(refusal(request, answer));
    };
    request.onerror = () => reject(new ApiError(0, "network", "The line was cut."));
    request.onabort = () => reject(new ApiError(0, isCancelled ? "cancelled" : "network", "The line stood still."));
    request.onloadend = () => clearTimeout(stalled);
  });
  request.open("POST", url);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  expectWithin(STALLED_MS);
  request.send(file);
  const cancel = () => {
    isCancelled = true;
    request.abort();
  };
  return { arrived, cancel };
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function jsonOf(said: string): Record<string, unknown> {
  try {
    return JSON.parse(said) as Record<string, unknown>;
  } catch {
    // A proxy's page: its status has to say enough.
    return {};
  }
}

function refusal({ status, statusText }: XMLHttpRequest, answer: Record<string, unknown>): ApiError {
  const code = typeof answer.code === "string" ? answer.code : `http_${status}`;
  const sentence = typeof answer.error === "string" ? answer.error : statusText;
  return new ApiError(isGood(status) ? 502 : status, code, sentence, answer);
}
