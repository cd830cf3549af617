/** A voice note: recorded, heard, and then sent or deleted. What was spoken is not lost by looking elsewhere. */
import { Mic, Pause, Play, SendHorizontal, Square, Trash2, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { clockText } from "../lib/time.ts";
import { sendVoice } from "../live/compose.ts";
import { attachFile, type FileItem, itemOf } from "../live/uploads.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { RoundButton } from "../ui/round-button.tsx";
import { type MicrophoneTrouble, NoMicrophone, Recording, voiceName } from "./recording.ts";

/** Longer than anybody speaks, and far within WhatsApp's 16 MB. */
const SECONDS_MAX = 15 * 60;
/** A slip of the finger. */
const SECONDS_MIN = 0.5;
const LOOK_MS = 100;

interface RecorderProps {
  selected: Selection;
  onDone: () => void;
}

export default function Recorder({ selected, onDone }: RecorderProps) {
  const text = useText();
  const { recording, trouble, spoken, seconds, level, stop, discard, send } = useRecorder(selected, onDone);
  const box = useRef<HTMLFieldSetElement>(null);
  // The button that was pressed is gone; the keys go on here.
  useEffect(() => box.current?.focus(), []);
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    discard();
  };
  return (
    <fieldset
      ref={box}
      tabIndex={-1}
      aria-label={text("voice")}
      data-testid="recorder"
      data-phase={trouble ? "refused" : spoken ? "recorded" : recording ? "recording" : "asking"}
      onKeyDown={leave}
      className="flex min-h-11 min-w-0 flex-1 items-center gap-2 rounded-3xl bg-raised outline-none"
    >
      <IconButton label={text(trouble ? "close" : "voice_delete")} testId="voice-delete" onClick={discard}>
        {trouble ? <X /> : <Trash2 />}
      </IconButton>
      {trouble ? (
        <p role="alert" data-testid="voice-trouble" className="py-2 pe-3 text-bad text-sm">
          {text(`voice_${trouble}`)}
        </p>
      ) : spoken ? (
        <Preview spoken={spoken} seconds={seconds} />
      ) : (
        <Running isRunning={recording !== null} seconds={seconds} level={level} onStop={stop} />
      )}
      {!trouble && (
        <RoundButton label={text("voice_send")} testId="voice-send" disabled={!recording} onClick={() => void send()}>
          <SendHorizontal aria-hidden="true" className="size-5 rtl:-scale-x-100" />
        </RoundButton>
      )}
    </fieldset>
  );
}

function useRecorder(selected: Selection, onDone: () => void) {
  const [recording, setRecording] = useState<Recording | null>(null);
  const [trouble, setTrouble] = useState<MicrophoneTrouble | null>(null);
  const [spoken, setSpoken] = useState<Blob | null>(null);
  const [{ seconds, level }, setHeard] = useState({ seconds: 0, level: 0 });
  const isDone = useRef(false);
  const { conversation_id } = selected;
  useEffect(() => {
    let begun: Recording | null = null;
    let isGone = false;
    Recording.begin().then(
      (running) => {
        begun = running;
        if (isGone) return void running.end();
        setRecording(running);
        void running.ended.then(setSpoken);
      },
      (reason: unknown) => {
        if (!(reason instanceof NoMicrophone)) throw reason;
        setTrouble(reason.trouble);
      },
    );
    return () => {
      isGone = true;
      // Somebody opened another conversation meanwhile: what was said waits in this one's tray.
      if (begun && !isDone.current && begun.seconds >= SECONDS_MIN) void begun.end().then(keepInTray(conversation_id));
      else void begun?.end();
    };
  }, [conversation_id]);
  useEffect(() => {
    if (!recording || spoken) return;
    const look = () => {
      setHeard({ seconds: recording.seconds, level: recording.level() });
      if (recording.seconds >= SECONDS_MAX) void recording.end();
    };
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [recording, spoken]);
  const over = () => {
    isDone.current = true;
    onDone();
  };
  const send = async () => {
    if (!recording || isDone.current) return;
    // From the click on: whoever leaves before the last piece is there has sent it, and keeps no second one.
    isDone.current = true;
    const file = await recording.end();
    onDone();
    sendVoice(selected, keep(conversation_id, file, "message"));
  };
  const stop = () => void recording?.end();
  return { recording, trouble, spoken, seconds, level, stop, discard: over, send };
}

function keepInTray(conversation_id: string): (file: Blob) => void {
  return (file) => void keep(conversation_id, file, "tray");
}

function keep(conversation_id: string, file: Blob, place: FileItem["place"]): FileItem {
  const name = voiceName(file.type, new Date());
  return itemOf(attachFile(conversation_id, file, name, { place, kind: "voice", told: true })) as FileItem;
}

interface RunningProps {
  isRunning: boolean;
  seconds: number;
  level: number;
  onStop: () => void;
}

function Running({ isRunning, seconds, level, onStop }: RunningProps) {
  const text = useText();
  return (
    <>
      <Mic aria-hidden="true" className={`size-5 shrink-0 text-bad ${isRunning ? "breathe" : "opacity-40"}`} />
      <span role="timer" className="shrink-0 text-sm tabular-nums" data-testid="voice-seconds">
        {clockText(seconds)}
      </span>
      <progress
        className="progress-line min-w-0 flex-1"
        max={1}
        value={level}
        aria-label={text("voice_level")}
        data-testid="voice-level"
      />
      <span className="sr-only" aria-live="polite">
        {text(isRunning ? "voice_recording" : "voice_asking")}
      </span>
      {isRunning && (
        <IconButton label={text("voice_stop")} testId="voice-stop" onClick={onStop} autoFocus>
          <Square className="fill-current" />
        </IconButton>
      )}
    </>
  );
}

/** Its length is the clock's: what a browser has just recorded does not say how long it is. */
function Preview({ spoken, seconds }: { spoken: Blob; seconds: number }) {
  const text = useText();
  const sound = useRef<HTMLAudioElement>(null);
  const address = useAddress(spoken);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  // Deleted while it begins, it says that it was broken off; whether it plays, the element tells.
  const play = () => sound.current?.play()?.catch(() => setPlaying(false));
  const toggle = () => (isPlaying ? sound.current?.pause() : void play());
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: somebody's own words, spoken a moment ago */}
      <audio
        ref={sound}
        src={address}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAt(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
      />
      <IconButton label={text(isPlaying ? "voice_pause" : "voice_play")} testId="voice-play" onClick={toggle} autoFocus>
        {isPlaying ? <Pause className="fill-current" /> : <Play className="fill-current" />}
      </IconButton>
      <input
        type="range"
        min={0}
        max={seconds}
        step={0.1}
        value={Math.min(at, seconds)}
        aria-label={text("voice_position")}
        data-testid="voice-position"
        onChange={(event) => {
          if (sound.current) sound.current.currentTime = Number(event.target.value);
        }}
        className="min-w-0 flex-1 accent-(--accent)"
      />
      <span className="shrink-0 text-sm tabular-nums" data-testid="voice-seconds">
        {clockText(isPlaying ? at : seconds)}
      </span>
    </>
  );
}

/** There before anybody can press play: an element that is given its sound while it begins breaks off. */
function useAddress(blob: Blob): string | undefined {
  const [address, setAddress] = useState<string>();
  useLayoutEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
}
