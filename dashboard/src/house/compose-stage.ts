import { afterEach, beforeEach, vi } from "vitest";
import { changeDraft } from "../live/drafts.ts";
import { startOutbox, stopOutbox } from "../live/outbox.ts";
import type { Pending } from "../live/pending.ts";
import { markSeen } from "../live/seen.ts";
import { fromSnapshot } from "../live/state.ts";
import { replaceLive, useScreen } from "../live/store.ts";
import { attachFile, closeUploads, openUploads } from "../live/uploads.ts";
import { useRefusedWindows } from "../live/window.ts";
import { listed, message, RANA, reply, SARA } from "./cast.ts";
import { cloud, offer } from "./offers.ts";
import { type FakeTransfer, fakeUploads } from "./transfers.ts";

export const SELECTED = { conversation_id: RANA, user_id: "7" };
export const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
export const sent = () =>
  server.mock.calls.filter(([url]) => url.endsWith("/send-message")).map(([, init]) => JSON.parse(String(init.body)));
export const answer = (body: object, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status }));
export const accepts = (url: string, init: RequestInit) => {
  if (!url.endsWith("/send-message")) return answer({ success: true });
  const { client_message_id, message: content, message_type: type } = JSON.parse(String(init.body));
  return answer({ success: true, message: reply(11 + sent().length, { client_message_id, content, type }) });
};
export const pending = () => useScreen.getState().pending;
export const only = () => pending()[0] as Pending;
export const photo = (name = "bread.jpg") => new File(["x"], name, { type: "image/jpeg" });
export const attach = (kind: "image" | "audio" | "voice" = "image", name = "bread.jpg") =>
  attachFile(RANA, photo(name), name, { place: "tray", kind });
export const settle = () => vi.advanceTimersByTimeAsync(0);
export let transfers: FakeTransfer[];

/** Every test begins in Rana's conversation, with a server that takes everything. */
export function stage(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    transfers = fakeUploads();
    vi.stubGlobal("fetch", server.mockReset().mockImplementation(accepts));
    const state = fromSnapshot(
      {
        conversations: [listed(10, 0, { window_expires_at: "2027-01-16T08:00:00Z" })],
        messages: { [RANA]: [message(10)] },
        cursor: "10-0000000a",
      },
      SARA.operator_id,
    );
    replaceLive(state, {});
    offer(cloud);
    openUploads("1:1");
    startOutbox("1:1", () => {});
    markSeen(RANA, 10);
  });
  afterEach(() => {
    stopOutbox(true);
    closeUploads(true);
    useScreen.setState({ pending: [] });
    changeDraft(RANA, { text: "", reply: null });
    useRefusedWindows.setState({}, true);
    offer(null);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
