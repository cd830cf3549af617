/** A voice note or another sound: play, go to a place by click or key, and hear it faster. */
import { Download, LoaderCircle, Mic, Music, Pause, Play } from "lucide-react";
import type { Media, Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { Body } from "./body.tsx";
import { transcriptOf } from "./details.ts";
import { Absent } from "./fetch-again.tsx";
import { clockOf, linkOf, stateOf, urlOf } from "./media.ts";
import { nextSpeed, placeLeft, seekTo, togglePlay, usePlaying } from "./playing.ts";
import { Waveform } from "./waveform.tsx";

export function Sound({ message }: { message: Message }) {
  const { media, type } = message;
  const url = media && urlOf(media);
  const name = type === "audio" ? media?.name : null;
  return (
    <div className="w-72 max-w-full" data-testid="sound" data-kind={type}>
      {name && (
        <p dir="auto" className="plain-line pt-0.5 font-medium text-sm">
          {name}
        </p>
      )}
      {media && url && stateOf(media) === "ready" ? (
        <Player
          id={`${message.conversation_id} ${message.message_id}`}
          url={url}
          media={media}
          isVoice={type === "voice"}
        />
      ) : (
        <div className="flex min-h-14 items-center gap-3 py-1">
          <Kind isVoice={type === "voice"} />
          <Absent message={message} />
        </div>
      )}
      {media && message.content && message.content !== name && <Body content={message.content} />}
      <Transcript message={message} />
    </div>
  );
}

/** What is said in it, as the assistant has written it down. */
function Transcript({ message }: { message: Message }) {
  const text = useText();
  const said = transcriptOf(message);
  if (!said || said === message.content) return null;
  return (
    <p
      dir="auto"
      title={text("transcript")}
      data-testid="transcript"
      className="plain-direction mt-1 whitespace-pre-wrap border-line border-t pt-1 text-ink-soft text-sm wrap-anywhere"
    >
      <span className="sr-only">{text("transcript")}: </span>
      {said}
    </p>
  );
}

interface PlayerProps {
  id: string;
  url: string;
  media: Media;
  isVoice: boolean;
}

export function Player({ id, url, media, isVoice }: PlayerProps) {
  const text = useText();
  const isHeld = usePlaying((state) => state.key === id);
  const phase = usePlaying((state) => (state.key === id ? state.phase : "paused"));
  const told = usePlaying((state) => (state.key === id ? state.duration : null));
  const seconds = usePlaying((state) => (state.key === id ? state.seconds : placeLeft(id)));
  const duration = told ?? media.duration_seconds;
  const isOn = phase === "playing" || phase === "loading";
  const isUntouched = !isHeld && seconds === 0;
  return (
    <div className="flex min-h-14 items-center gap-2 py-1" data-testid="player" data-phase={phase}>
      <button
        type="button"
        data-testid="play"
        aria-label={text(isOn ? "sound_pause" : isVoice ? "sound_play_voice" : "sound_play")}
        onClick={() => togglePlay(id, url)}
        className="grid size-10 shrink-0 place-items-center rounded-full bg-accent text-accent-ink [&>svg]:size-5"
      >
        <PlaySign phase={phase} />
      </button>
      <div className="min-w-0 flex-1">
        <Waveform
          peaks={media.peaks ?? []}
          seconds={seconds}
          duration={duration}
          label={text("sound_place")}
          onSeek={(place) => seekTo(id, url, place)}
          onToggle={() => togglePlay(id, url)}
        />
        <p className="flex items-center justify-between gap-2 text-[0.6875rem] text-ink-soft leading-4">
          {phase === "failed" ? (
            <span className="text-bad" role="alert">
              {text("sound_failed")}
            </span>
          ) : (
            <span dir="ltr" className="tabular-nums" data-testid="sound-time">
              {isUntouched ? clockOf(duration) : `${clockOf(seconds)} / ${clockOf(duration)}`}
            </span>
          )}
          <a
            href={linkOf(media, true) ?? undefined}
            download={media.name ?? ""}
            aria-label={text("media_download")}
            title={text("media_download")}
            className="text-ink-faint hover:text-ink"
          >
            <Download aria-hidden="true" className="size-3.5" />
          </a>
        </p>
      </div>
      {isOn || isHeld ? <SpeedButton /> : <Kind isVoice={isVoice} />}
    </div>
  );
}

function PlaySign({ phase }: { phase: string }) {
  if (phase === "loading") return <LoaderCircle aria-hidden="true" className="animate-spin" />;
  return phase === "playing" ? (
    <Pause aria-hidden="true" className="fill-current" />
  ) : (
    <Play aria-hidden="true" className="ms-0.5 fill-current" />
  );
}

function Kind({ isVoice }: { isVoice: boolean }) {
  const Icon = isVoice ? Mic : Music;
  return (
    <span className="grid w-9 shrink-0 place-items-center">
      <Icon aria-hidden="true" className="size-5 text-accent" />
    </span>
  );
}

function SpeedButton() {
  const text = useText();
  const speed = usePlaying((state) => state.speed);
  return (
    <button
      type="button"
      data-testid="speed"
      aria-label={text("sound_speed", { speed: String(speed) })}
      title={text("sound_speed", { speed: String(speed) })}
      onClick={nextSpeed}
      className="w-9 shrink-0 rounded-full bg-ink/10 py-1 text-center font-semibold text-[0.6875rem] tabular-nums"
    >
      <bdi dir="ltr">{speed}×</bdi>
    </button>
  );
}
