import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { file, message } from "../house/cast.ts";
import { chooseLanguage } from "../i18n/index.ts";

/** As much of an audio element as is used, with the browser's part played by the test. */
class FakeAudio extends EventTarget {
  static last: FakeAudio;
  src = "";
  preload = "";
  currentTime = 0;
  duration = Number.NaN;
  playbackRate = 1;
  readyState = 0;
  paused = true;
  ended = false;
  loads = 0;

  constructor() {
    super();
    FakeAudio.last = this;
  }
  getAttribute() {
    return this.src;
  }
  removeAttribute() {
    this.src = "";
  }
  load() {
    this.loads += 1;
    this.readyState = 0;
  }
  play() {
    this.paused = false;
    return Promise.resolve();
  }
  pause() {
    if (this.paused) return;
    this.paused = true;
    this.tell("pause");
  }
  tell(event: string) {
    act(() => void this.dispatchEvent(new Event(event)));
  }
  /** The browser has read the file, and plays it. */
  begin(seconds: number) {
    this.duration = seconds;
    this.readyState = 4;
    this.tell("loadedmetadata");
    this.tell("playing");
  }
  reach(seconds: number) {
    this.currentTime = seconds;
    this.tell("timeupdate");
  }
}

const voice = (sequence: number, change = {}) =>
  message(sequence, {
    type: "voice",
    content: "",
    media: file("audio/ogg", { url: `/m/${sequence}`, duration_seconds: 20, voice: true, ...change }),
  });

async function players(...sequences: number[]) {
  const { Sound } = await import("./sound.tsx");
  render(
    <>
      <p>Messages</p>
      {sequences.map((sequence) => (
        <Sound key={sequence} message={voice(sequence)} />
      ))}
    </>,
  );
  return screen.getAllByTestId("player").map((player) => within(player));
}

const phases = () => screen.getAllByTestId("player").map((player) => player.dataset.phase);

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("Audio", FakeAudio);
  vi.stubGlobal("requestAnimationFrame", vi.fn());
});
afterEach(() => vi.unstubAllGlobals());

describe("a voice note", () => {
  it("says its length before, and its place while it plays", async () => {
    const [one] = await players(1);
    expect(one?.getByTestId("sound-time").textContent).toBe("0:20");
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    expect(FakeAudio.last.src).toBe("/m/1");
    FakeAudio.last.begin(20.4);
    FakeAudio.last.reach(7);
    expect(phases()).toEqual(["playing"]);
    expect(one?.getByTestId("sound-time").textContent).toBe("0:07 / 0:20");
    expect(one?.getByTestId("waveform").getAttribute("aria-valuetext")).toBe("0:07 / 0:20");
  });

  it("stops when another begins, and goes on later where it was left", async () => {
    const [one, other] = await players(1, 2);
    const audio = () => FakeAudio.last;
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    audio().begin(20);
    audio().reach(7);
    fireEvent.click(other?.getByTestId("play") as HTMLElement);
    expect(audio().src).toBe("/m/2");
    audio().begin(20);
    expect(phases()).toEqual(["paused", "playing"]);
    expect(one?.getByTestId("sound-time").textContent).toBe("0:07 / 0:20");
    audio().currentTime = 0;
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    audio().begin(20);
    expect(audio().currentTime).toBe(7);
    expect(phases()).toEqual(["playing", "paused"]);
  });

  it("begins anew after its end", async () => {
    const [one] = await players(1);
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.begin(20);
    FakeAudio.last.reach(19.9);
    FakeAudio.last.paused = true;
    FakeAudio.last.tell("ended");
    expect(phases()).toEqual(["paused"]);
    FakeAudio.last.currentTime = 20;
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    expect(FakeAudio.last.currentTime).toBe(0);
  });

  it("goes to a place by click and by key", async () => {
    const [one] = await players(1);
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.begin(20);
    const slider = one?.getByTestId("waveform") as HTMLElement;
    slider.getBoundingClientRect = () => ({ left: 100, width: 200 }) as DOMRect;
    slider.setPointerCapture = () => {};
    fireEvent.pointerDown(slider, { clientX: 150, button: 0, pointerId: 1 });
    expect(FakeAudio.last.currentTime).toBe(5);
    const pressed = (key: string) => {
      fireEvent.keyDown(slider, { key });
      return FakeAudio.last.currentTime;
    };
    expect(["ArrowRight", "ArrowLeft", "ArrowLeft", "PageUp", "End", "Home"].map(pressed)).toEqual([6, 5, 4, 8, 20, 0]);
    expect(slider.getAttribute("aria-valuenow")).toBe("0");
  });

  it("goes to the same place with the same key in Arabic", async () => {
    chooseLanguage("ar");
    const [one] = await players(1);
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.begin(20);
    fireEvent.keyDown(one?.getByTestId("waveform") as HTMLElement, { key: "ArrowRight" });
    expect(FakeAudio.last.currentTime).toBe(1);
    expect(one?.getByTestId("waveform").dir).toBe("ltr");
    chooseLanguage("en");
  });

  it("may be put to a place before it was ever loaded", async () => {
    const [one] = await players(1);
    fireEvent.keyDown(one?.getByTestId("waveform") as HTMLElement, { key: "PageUp" });
    expect(one?.getByTestId("sound-time").textContent).toBe("0:04 / 0:20");
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.begin(20);
    expect(FakeAudio.last.currentTime).toBe(4);
  });

  it("is heard faster, also the next one and the next day", async () => {
    const [one] = await players(1);
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.begin(20);
    const rates = [1, 2, 3].map(() => {
      fireEvent.click(one?.getByTestId("speed") as HTMLElement);
      return FakeAudio.last.playbackRate;
    });
    expect(rates).toEqual([1.5, 2, 1]);
    fireEvent.click(one?.getByTestId("speed") as HTMLElement);
    vi.resetModules();
    const { usePlaying } = await import("./playing.ts");
    expect(usePlaying.getState().speed).toBe(1.5);
  });

  it("whose link has ended is asked for once more, and then goes on where it was", async () => {
    const [one] = await players(1);
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.begin(20);
    FakeAudio.last.reach(9);
    FakeAudio.last.tell("error");
    expect(phases()).toEqual(["loading"]);
    expect(FakeAudio.last.loads).toBe(1);
    FakeAudio.last.currentTime = 0;
    FakeAudio.last.begin(20);
    expect(FakeAudio.last.currentTime).toBe(9);
  });

  it("that cannot be played says so, and is still to be had", async () => {
    const [one] = await players(1);
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.tell("error");
    FakeAudio.last.tell("error");
    expect(one?.getByRole("alert").textContent).toBe("It cannot be played here.");
    expect(one?.getByLabelText("Download").getAttribute("href")).toBe("/m/1?download=true");
  });

  it("stops when the conversation is left", async () => {
    const [one] = await players(1);
    fireEvent.click(one?.getByTestId("play") as HTMLElement);
    FakeAudio.last.begin(20);
    const { stopSound } = await import("./playing.ts");
    act(stopSound);
    expect(FakeAudio.last.paused).toBe(true);
    expect(phases()).toEqual(["paused"]);
  });
});

describe("what is said in a voice note", () => {
  it.each([["Two cakes, please."], [{ text: "Two cakes, please.", language: "en" }]])(
    "stands under it once it is written down: %o",
    async (transcript) => {
      const { Sound } = await import("./sound.tsx");
      render(<Sound message={{ ...voice(1), metadata: { transcript } }} />);
      expect(screen.getByTestId("transcript").textContent).toBe("What is said in it: Two cakes, please.");
      expect(screen.getByTestId("transcript").dir).toBe("auto");
    },
  );

  it("is nothing before, and nothing that is no words", async () => {
    const { Sound } = await import("./sound.tsx");
    for (const transcript of [undefined, "", { text: [] }])
      render(<Sound message={{ ...voice(1), metadata: { transcript } }} />);
    expect(screen.queryByTestId("transcript")?.textContent).toBeUndefined();
  });
});
