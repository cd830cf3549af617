import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { listed, RANA, SARA } from "../house/cast.ts";
import { type FakeTransfer, fakeUploads } from "../house/transfers.ts";
import { fromSnapshot } from "../live/state.ts";
import { replaceLive, useScreen } from "../live/store.ts";
import { closeUploads, openUploads, useUploads } from "../live/uploads.ts";
import Recorder from "./recorder.tsx";

const SELECTED = { conversation_id: RANA, user_id: "7" };
const track = { stop: vi.fn(), onended: null as (() => void) | null };
const closed = vi.fn();
const done = vi.fn();
let isBroken = false;
let transfers: FakeTransfer[];

/** The browser's recorder: it stops a moment after it is told to, with one piece of sound. */
class OneRecorder {
  static isTypeSupported = () => true;
  state = "recording";
  mimeType = "audio/ogg";
  ondataavailable?: (event: object) => void;
  onstop?: () => void;
  constructor() {
    if (isBroken) throw new DOMException("no encoder", "NotSupportedError");
  }
  start() {}
  stop() {
    this.state = "inactive";
    setTimeout(() => {
      this.ondataavailable?.({ data: new Blob(["spoken"]) });
      this.onstop?.();
    });
  }
}

class OneContext {
  createAnalyser = () => ({ fftSize: 0, getFloatTimeDomainData: () => {} });
  createMediaStreamSource = () => ({ connect: () => {} });
  close = closed;
}

beforeEach(() => {
  isBroken = false;
  track.stop.mockClear();
  closed.mockClear();
  done.mockClear();
  vi.stubGlobal("MediaRecorder", OneRecorder);
  vi.stubGlobal("AudioContext", OneContext);
  const mediaDevices = { getUserMedia: () => Promise.resolve({ getTracks: () => [track] }) };
  vi.stubGlobal("navigator", { ...navigator, mediaDevices });
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  transfers = fakeUploads();
  openUploads("1:1");
  replaceLive(fromSnapshot({ conversations: [listed(10, 0)], messages: {}, cursor: null }, SARA.operator_id), {});
});
afterEach(() => {
  closeUploads(true);
  useScreen.setState({ pending: [] });
  vi.unstubAllGlobals();
});

const shown = () => render(<Recorder selected={SELECTED} onDone={done} />);
const reaches = (phase: string) => waitFor(() => expect(screen.getByTestId("recorder").dataset.phase).toBe(phase));

it("a recording that cannot begin leaves no microphone open", async () => {
  isBroken = true;
  shown();
  await reaches("refused");
  expect(track.stop).toHaveBeenCalled();
  expect(closed).toHaveBeenCalled();
});

it("a microphone that goes away ends the recording, and what was said is shown", async () => {
  shown();
  await reaches("recording");
  act(() => track.onended?.());
  await reaches("recorded");
  expect(closed).toHaveBeenCalled();
});

it("what is sent while one leaves is sent once, and is in no tray", async () => {
  const { unmount } = shown();
  await reaches("recording");
  await new Promise((resolve) => setTimeout(resolve, 550));
  fireEvent.click(screen.getByTestId("voice-send"));
  unmount();
  await waitFor(() => expect(useScreen.getState().pending).toMatchObject([{ message_type: "voice" }]));
  expect(useUploads.getState().items).toMatchObject([{ place: "message" }]);
  expect(transfers).toHaveLength(1);
});

it("what was said when somebody leaves without sending waits in the tray", async () => {
  const { unmount } = shown();
  await reaches("recording");
  await new Promise((resolve) => setTimeout(resolve, 550));
  unmount();
  await waitFor(() => expect(useUploads.getState().items).toMatchObject([{ place: "tray", kind: "voice" }]));
});
