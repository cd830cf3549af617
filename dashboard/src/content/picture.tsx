/** A photo, a sticker or a video: its room is kept from the beginning, and a click opens it. */
import { Download, ImageOff, Play, Video } from "lucide-react";
import { useState } from "react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { Body } from "./body.tsx";
import { Absent } from "./fetch-again.tsx";
import { bubblePictureOf, clockOf, linkOf, roomFor, stateOf, thumbnailOf } from "./media.ts";
import { openViewer } from "./viewing.ts";

/** A caption under a narrow picture still has room to be read. */
const CAPTION_WIDTH_LEAST = 220;

export function Picture({ message }: { message: Message }) {
  // What was awaited keeps the room that it was given: when it comes, nothing that is being read moves.
  const [room] = useState(() => roomFor(message));
  const isReady = stateOf(message.media) === "ready";
  const caption = isReady || message.media ? message.content : "";
  const width = caption ? Math.max(room.width, CAPTION_WIDTH_LEAST) : room.width;
  return (
    <div style={{ width }} className="max-w-full" data-testid="picture" data-kind={message.type}>
      <div
        className={`relative overflow-hidden rounded-xl ${message.type === "sticker" && isReady ? "" : "bg-ink/5"} ${message.type === "sticker" ? "" : "-mx-1.5 my-0.5"}`}
        style={{ aspectRatio: `${width} / ${room.height}` }}
      >
        {isReady ? (
          <Shown message={message} />
        ) : (
          <div className="absolute inset-0 grid content-center overflow-auto p-3">
            <Absent message={message} />
          </div>
        )}
      </div>
      {caption && <Body content={caption} />}
    </div>
  );
}

function Shown({ message }: { message: Message }) {
  const text = useText();
  const [isBroken, setIsBroken] = useState(false);
  const { media, type } = message;
  if (!media) return null;
  const shown = type === "video" ? thumbnailOf(media) : bubblePictureOf(media);
  if (isBroken && type !== "video") return <Broken href={linkOf(media, true)} />;
  return (
    <button
      type="button"
      data-testid="open-media"
      aria-label={text("media_open", { kind: text(`type_${type as "image"}`) })}
      onClick={() => openViewer(message)}
      className="absolute inset-0 size-full rounded-xl focus-visible:-outline-offset-4"
    >
      {shown && !isBroken && (
        <img
          src={shown}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setIsBroken(true)}
          className={`size-full ${type === "sticker" ? "object-contain" : "object-cover"}`}
        />
      )}
      {type === "video" && <VideoSigns seconds={media.duration_seconds} hasPicture={shown !== null && !isBroken} />}
    </button>
  );
}

function VideoSigns({ seconds, hasPicture }: { seconds: number | null; hasPicture: boolean }) {
  return (
    <>
      <span className={`absolute inset-0 grid place-items-center ${hasPicture ? "bg-[#00000022]" : "bg-[#1d2825]"}`}>
        <span className="grid size-12 place-items-center rounded-full bg-[#000000a0] text-white">
          <Play aria-hidden="true" className="ms-0.5 size-6 fill-current" />
        </span>
      </span>
      <span
        dir="ltr"
        className="absolute start-1.5 bottom-1.5 flex items-center gap-1 rounded-full bg-[#000000a0] px-2 py-0.5 text-white text-xs tabular-nums"
      >
        <Video aria-hidden="true" className="size-3.5" />
        {seconds !== null && clockOf(seconds)}
      </span>
    </>
  );
}

function Broken({ href }: { href: string | null }) {
  const text = useText();
  return (
    <div
      data-testid="media-broken"
      className="absolute inset-0 grid place-content-center justify-items-center gap-1 p-2 text-center text-ink-soft text-xs"
    >
      <ImageOff aria-hidden="true" className="size-6" />
      {text("media_broken")}
      {href && (
        <a href={href} download className="inline-flex items-center gap-1 font-medium text-accent">
          <Download aria-hidden="true" className="size-3.5" />
          {text("media_download")}
        </a>
      )}
    </div>
  );
}
