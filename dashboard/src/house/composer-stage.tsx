import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { Composer } from "../composer/composer.tsx";
import { changeDraft } from "../live/drafts.ts";
import { startOutbox, stopOutbox } from "../live/outbox.ts";
import { markSeen } from "../live/seen.ts";
import { fromSnapshot } from "../live/state.ts";
import { replaceLive, useScreen } from "../live/store.ts";
import { closeUploads, openUploads } from "../live/uploads.ts";
import { useRefusedWindows } from "../live/window.ts";
import { listed, message, RANA, SARA } from "./cast.ts";
import { offer } from "./offers.ts";
import { type FakeTransfer, fakeUploads } from "./transfers.ts";

export const SELECTED = { conversation_id: RANA, user_id: "7" };
export const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
export const sent = () =>
  server.mock.calls.filter(([url]) => url.endsWith("/send-message")).map(([, init]) => JSON.parse(String(init.body)));
export let transfers: FakeTransfer[];

export function open(window_expires_at: string | null = null): void {
  const rows = [listed(10, 0, { window_expires_at })];
  const held = { conversations: rows, messages: { [RANA]: [message(10)] }, cursor: "10-0000000a" };
  replaceLive(fromSnapshot(held, SARA.operator_id), {});
  markSeen(RANA, 10);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Composer selected={SELECTED} />
    </QueryClientProvider>,
  );
}

export const field = () => screen.getByTestId<HTMLTextAreaElement>("composer");
export const type = (value: string) => fireEvent.change(field(), { target: { value } });
export const button = (id: string) => screen.getByTestId<HTMLButtonElement>(id);
export const items = () => screen.getAllByRole("menuitem", { hidden: true }).map((item) => item.dataset.testid);
export const choose = async (item: string) => {
  fireEvent.click(await screen.findByTestId("add"));
  fireEvent.click(await screen.findByTestId(`add-${item}`));
};
export const photo = (name = "bread.jpg", mime_type = "image/jpeg", size = 10) => {
  const file = new File(["x"], name, { type: mime_type });
  Object.defineProperty(file, "size", { value: size });
  return file;
};
export const attach = async (...files: File[]) => {
  fireEvent.change(await screen.findByTestId("choose-file"), { target: { files } });
  await screen.findAllByTestId("tray-file");
};

/** Every test begins with a server that has not answered yet. */
export function stage(): void {
  beforeEach(() => {
    server.mockReset().mockReturnValue(new Promise(() => {}));
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => server(url, init));
    transfers = fakeUploads();
    openUploads("1:1");
    startOutbox("1:1", () => {});
  });
  afterEach(() => {
    cleanup();
    stopOutbox(true);
    closeUploads(true);
    useScreen.setState({ pending: [] });
    useRefusedWindows.setState({}, true);
    changeDraft(RANA, { text: "", reply: null });
    offer(null);
    vi.unstubAllGlobals();
  });
}
