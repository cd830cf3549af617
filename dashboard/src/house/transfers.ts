/** Uploads for tests: requests that a test lets advance, arrive, or be cut. */
import { vi } from "vitest";
import type { Upload } from "../api/sending.ts";

export class FakeTransfer {
  static all: FakeTransfer[] = [];
  upload: { onprogress?: (event: object) => void; onload?: () => void } = {};
  url = "";
  status = 0;
  statusText = "";
  responseText = "";
  isAborted = false;
  body: Blob | null = null;
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;

  open(_method: string, url: string): void {
    this.url = url;
    FakeTransfer.all.push(this);
  }
  setRequestHeader(): void {}
  send(body: Blob): void {
    this.body = body;
  }
  abort(): void {
    this.isAborted = true;
    this.onabort?.();
    this.onloadend?.();
  }
  progress(loaded: number, total: number): void {
    this.upload.onprogress?.({ loaded, total });
  }
  answer(status: number, body: object): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
    this.onloadend?.();
  }
  cut(): void {
    this.onerror?.();
    this.onloadend?.();
  }
}

/** Puts them in the place of the browser's; the requests in the order they began. */
export function fakeUploads(): FakeTransfer[] {
  FakeTransfer.all = [];
  vi.stubGlobal("XMLHttpRequest", FakeTransfer);
  return FakeTransfer.all;
}

export function uploaded(upload_id: string, change: Partial<Upload> = {}): Upload {
  return {
    upload_id,
    kind: "image",
    mime_type: "image/jpeg",
    bytes: 1000,
    name: "bread.jpg",
    width: 40,
    height: 30,
    duration_seconds: null,
    peaks: [],
    url: `/api/live-chat/media/${upload_id}`,
    thumbnail_url: null,
    ...change,
  };
}
