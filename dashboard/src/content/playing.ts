/** The one sound that plays: whatever else is started stops it, and it goes on while the list is scrolled. */
import { create } from "zustand";

export const SPEEDS = [1, 1.5, 2] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Playing {
  /** Which message's sound it is. */
  key: string | null;
  phase: "paused" | "loading" | "playing" | "failed";
  seconds: number;
  /** As the file itself says; null until it is loaded. */
  duration: number | null;
  speed: Speed;
}

const STORAGE_KEY = "wasl.speed";

export const usePlaying = create<Playing>()(() => ({
  key: null,
  phase: "paused",
  seconds: 0,
  duration: null,
  speed: SPEEDS.find((speed) => String(speed) === localStorage.getItem(STORAGE_KEY)) ?? 1,
}));

/** Where each sound was left, so that it goes on from there. */
const left = new Map<string, number>();
let sound: HTMLAudioElement | null = null;
/** A link to a file ends after some minutes: it is asked for once more, once. */
let mayLoadAnew = false;

export function togglePlay(key: string, url: string): void {
  const { key: current, phase } = usePlaying.getState();
  if (current === key && (phase === "playing" || phase === "loading")) pauseSound();
  else play(key, url);
}

/** Goes to a place of a sound, whether it plays or not. */
export function seekTo(key: string, url: string, seconds: number): void {
  const audio = take(key, url);
  const end = Number.isFinite(audio.duration) ? audio.duration : seconds;
  const place = Math.max(0, Math.min(seconds, end));
  left.set(key, place);
  usePlaying.setState({ seconds: place });
  if (audio.readyState > 0) audio.currentTime = place;
}

export function nextSpeed(): void {
  const speed = SPEEDS[(SPEEDS.indexOf(usePlaying.getState().speed) + 1) % SPEEDS.length] ?? 1;
  localStorage.setItem(STORAGE_KEY, String(speed));
  usePlaying.setState({ speed });
  if (sound) sound.playbackRate = speed;
}

export function pauseSound(): void {
  if (usePlaying.getState().phase !== "failed") usePlaying.setState({ phase: "paused" });
  sound?.pause();
}

/** Nobody looks at it any more. */
export function stopSound(): void {
  if (!sound) return;
  pauseSound();
  sound.removeAttribute("src");
  sound.load();
  usePlaying.setState({ key: null, phase: "paused", seconds: 0, duration: null });
}

/** Where a sound stands that is not the one that plays. */
export function placeLeft(key: string): number {
  return left.get(key) ?? 0;
}

function play(key: string, url: string): void {
  const audio = take(key, url);
  mayLoadAnew = true;
  const atEnd = Number.isFinite(audio.duration) && audio.currentTime >= audio.duration - 0.05;
  if (atEnd) audio.currentTime = 0;
  usePlaying.setState({ phase: "loading" });
  start(audio);
}

function start(audio: HTMLAudioElement): void {
  audio.playbackRate = usePlaying.getState().speed;
  // A pause in the middle of loading breaks the promise off; what cannot be played tells the error event.
  audio.play()?.catch(() => {});
}

/** Makes a sound the one that is held, at the place where it was left. */
function take(key: string, url: string): HTMLAudioElement {
  sound ??= newSound();
  if (usePlaying.getState().key === key && usePlaying.getState().phase !== "failed") return sound;
  sound.pause();
  sound.src = url;
  usePlaying.setState({ key, phase: "paused", seconds: placeLeft(key), duration: null });
  return sound;
}

function newSound(): HTMLAudioElement {
  const audio = new Audio();
  audio.preload = "metadata";
  audio.addEventListener("loadedmetadata", () => {
    const { key } = usePlaying.getState();
    if (Number.isFinite(audio.duration)) usePlaying.setState({ duration: audio.duration });
    const place = key === null ? 0 : placeLeft(key);
    if (place > 0) audio.currentTime = place;
    audio.playbackRate = usePlaying.getState().speed;
  });
  audio.addEventListener("playing", () => {
    mayLoadAnew = true;
    usePlaying.setState({ phase: "playing" });
    follow(audio);
  });
  audio.addEventListener("waiting", () => !audio.paused && usePlaying.setState({ phase: "loading" }));
  // Headphones and the system's own keys pause it too. What was paused to begin another is not meant any more.
  audio.addEventListener("pause", () => audio.paused && usePlaying.getState().phase === "playing" && pauseSound());
  audio.addEventListener("timeupdate", () => note(audio));
  audio.addEventListener("ended", () => {
    const { key } = usePlaying.getState();
    if (key !== null) left.delete(key);
    usePlaying.setState({ phase: "paused", seconds: 0 });
  });
  audio.addEventListener("error", () => fail(audio));
  return audio;
}

function fail(audio: HTMLAudioElement): void {
  if (!audio.getAttribute("src")) return;
  const wasWanted = ["playing", "loading"].includes(usePlaying.getState().phase);
  if (mayLoadAnew && wasWanted) {
    mayLoadAnew = false;
    usePlaying.setState({ phase: "loading" });
    audio.load();
    start(audio);
  } else usePlaying.setState({ phase: "failed" });
}

/** Between the browser's own four looks a second the mark would jump. */
function follow(audio: HTMLAudioElement): void {
  if (audio.paused || audio.ended) return;
  note(audio);
  requestAnimationFrame(() => follow(audio));
}

function note(audio: HTMLAudioElement): void {
  const { key, seconds } = usePlaying.getState();
  if (key === null || audio.readyState === 0 || audio.ended) return;
  left.set(key, audio.currentTime);
  if (audio.currentTime !== seconds) usePlaying.setState({ seconds: audio.currentTime });
}
