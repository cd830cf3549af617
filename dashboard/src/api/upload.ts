/** Brings one file to the server, and tells how far it is: what `fetch` cannot. */
import { ApiError } from "./client.ts";
import { UPLOADS_URL } from "./pages.ts";
import type { FileKind, Upload } from "./sending.ts";

/** A line on which nothing moves for so long is dead. */
const STALLED_MS = 45_000;
/** When all bytes are there the server still makes a voice note or a smaller picture of them. */
const WORKING_MS = 180_000;

export interface Transfer {
  /** Rejects with an ApiError; its code is `cancelled` after `cancel`. */
  arrived: Promise<Upload>;
  cancel: () => void;
}

/** `kind` is said where the bytes do not tell what is meant: a voice note, a sticker, a picture as a document. */
export function bringFile(
  file: Blob,
  name: string,
  kind: FileKind | null,
  onProgress: (share: number) => void,
): Transfer {
  const request = new XMLHttpRequest();
  let stalled: ReturnType<typeof setTimeout> | undefined;
  const expectWithin = (milliseconds: number) => {
    clearTimeout(stalled);
    stalled = setTimeout(() => request.abort(), milliseconds);
  };
  let isCancelled = false;
  const arrived = new Promise<Upload>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => {
      expectWithin(STALLED_MS);
      if (total > 0) onProgress(loaded / total);
    };
    request.upload.onload = () => expectWithin(WORKING_MS);
    request.onload = () => {
      const answer = jsonOf(request.responseText);
      const upload = answer.upload as Upload | undefined;
      if (request.status === 200 && upload) resolve(upload);
      else reject(refusal(request, answer));
    };
    request.onerror = () => reject(new ApiError(0, "network", "The line was cut."));
    request.onabort = () => reject(new ApiError(0, isCancelled ? "cancelled" : "network", "The line stood still."));
    request.onloadend = () => clearTimeout(stalled);
  });
  const query = new URLSearchParams(kind ? { name, kind } : { name });
  request.open("POST", `${UPLOADS_URL}?${query}`);
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
  return new ApiError(status === 200 ? 502 : status, code, sentence, answer);
}
