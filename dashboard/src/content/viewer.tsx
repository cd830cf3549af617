/** A picture or video on the whole screen; from there to the ones before and after it. Loaded when it is needed. */
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import type { Media, Message } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { LANGUAGES, useLanguage } from "../i18n/index.ts";
import { moment } from "../lib/time.ts";
import { linkOf, thumbnailOf, urlOf } from "./media.ts";
import { pauseSound } from "./playing.ts";
import { plainWords } from "./preview.ts";
import { closeViewer, kindOf, type Opened, openViewer } from "./viewing.ts";
import { useZoom } from "./zoom.ts";

export default function OpenViewer({ message, all, place }: Opened) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const dialog = useDialog(message.message_id);
  const zoom = useZoom(message.message_id);
  const isPicture = kindOf(message) === "picture";
  const [before, after] = [all[place - 1], all[place + 1]];
  const towards =
    LANGUAGES[language].direction === "rtl"
      ? { ArrowRight: before, ArrowLeft: after }
      : { ArrowLeft: before, ArrowRight: after };
  const pressed = (event: KeyboardEvent) => {
    const neighbour = event.key in towards ? towards[event.key as keyof typeof towards] : undefined;
    const isVideoKey = event.target instanceof HTMLVideoElement && event.key.startsWith("Arrow");
    if (neighbour && !isVideoKey) openViewer(neighbour);
    else if (isPicture && (event.key === "+" || event.key === "=")) zoom.larger();
    else if (isPicture && event.key === "-") zoom.smaller();
    else if (isPicture && event.key === "0") zoom.whole();
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      onClose={closeViewer}
      onKeyDown={pressed}
      aria-label={text(`type_${message.type as "image"}`)}
      data-testid="viewer"
      data-message-id={message.message_id}
      data-scale={zoom.view.scale.toFixed(2)}
      className="m-0 flex size-full max-h-none max-w-none flex-col bg-[#0b0f0e] text-white outline-none backdrop:bg-transparent"
    >
      <header className="flex items-center gap-1 p-2">
        <p className="min-w-0 flex-1 px-2 text-sm">
          <span dir="auto" className="plain-line block font-medium">
            {message.is_user ? text("message_from_customer") : (message.operator_name ?? text("message_from_operator"))}
          </span>
          <span className="block text-[#ffffffb0] text-xs">
            {moment(language, message.timestamp)}
            {all.length > 1 && ` · ${text("viewer_place", { place: place + 1, total: all.length })}`}
          </span>
        </p>
        {isPicture && (
          <>
            <Tool
              label={text("viewer_smaller")}
              testId="zoom-out"
              onClick={zoom.smaller}
              disabled={zoom.view.scale === 1}
            >
              <ZoomOut />
            </Tool>
            <Tool label={text("viewer_larger")} testId="zoom-in" onClick={zoom.larger}>
              <ZoomIn />
            </Tool>
          </>
        )}
        <DownloadTool media={message.media} />
        <Tool label={text("close")} testId="viewer-close" onClick={() => dialog.current?.close()}>
          <X />
        </Tool>
      </header>
      <div className="relative min-h-0 flex-1">
        {isPicture ? <Picture message={message} zoom={zoom} /> : <Video key={message.message_id} message={message} />}
        <Neighbour to={before} label={text("viewer_before")} testId="viewer-before" className="start-2">
          <ChevronLeft className="rtl:-scale-x-100" />
        </Neighbour>
        <Neighbour to={after} label={text("viewer_after")} testId="viewer-after" className="end-2">
          <ChevronRight className="rtl:-scale-x-100" />
        </Neighbour>
      </div>
      {message.content && message.type !== "template" && message.type !== "interactive" && (
        <p dir="auto" className="plain-direction mx-auto max-h-24 max-w-3xl overflow-y-auto p-3 text-sm wrap-anywhere">
          {plainWords(message.content)}
        </p>
      )}
    </dialog>
  );
}

/** Opens the window, and gives the focus back to the picture in the conversation that was looked at last. */
function useDialog(message_id: string) {
  const dialog = useRef<HTMLDialogElement>(null);
  const latest = useRef(message_id);
  latest.current = message_id;
  useEffect(() => {
    const opener = document.activeElement;
    pauseSound();
    dialog.current?.showModal();
    return () => {
      const bubble = `[data-message-id="${CSS.escape(latest.current)}"] [data-testid=open-media]`;
      const target = document.querySelector<HTMLElement>(bubble) ?? opener;
      if (target instanceof HTMLElement && target.isConnected) target.focus({ preventScroll: true });
    };
  }, []);
  return dialog;
}

function Picture({ message, zoom }: { message: Message; zoom: ReturnType<typeof useZoom> }) {
  const { media } = message;
  const { scale, x, y } = zoom.view;
  if (!media) return null;
  const small = thumbnailOf(media);
  return (
    <div
      {...zoom.hands}
      className={`absolute inset-0 grid touch-none grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] place-items-center overflow-hidden ${scale > 1 ? "cursor-grab" : "cursor-zoom-in"}`}
    >
      <img
        key={message.message_id}
        src={urlOf(media) ?? undefined}
        alt={message.content || ""}
        width={media.width ?? undefined}
        height={media.height ?? undefined}
        draggable={false}
        data-testid="viewer-picture"
        className="max-h-full max-w-full select-none bg-center bg-contain bg-no-repeat object-contain"
        style={{
          transform: `translate(${x}px, ${y}px) scale(${scale})`,
          backgroundImage: small && !media.mime_type?.includes("webp") ? `url(${JSON.stringify(small)})` : undefined,
        }}
      />
    </div>
  );
}

function Video({ message }: { message: Message }) {
  const { media } = message;
  if (!media) return null;
  return (
    // biome-ignore lint/a11y/useMediaCaption: customers' videos come without any
    <video
      src={urlOf(media) ?? undefined}
      poster={thumbnailOf(media) ?? undefined}
      controls
      autoPlay
      playsInline
      preload="metadata"
      onPlay={pauseSound}
      data-testid="viewer-video"
      className="absolute inset-0 size-full object-contain"
    />
  );
}

function DownloadTool({ media }: { media: Media | null }) {
  const text = useText();
  return (
    <a
      href={(media && linkOf(media, true)) ?? undefined}
      download={media?.name ?? ""}
      aria-label={text("media_download")}
      title={text("media_download")}
      data-testid="viewer-download"
      className="grid size-11 shrink-0 place-items-center rounded-full hover:bg-[#ffffff20]"
    >
      <Download aria-hidden="true" className="size-5" />
    </a>
  );
}

interface ToolProps {
  label: string;
  testId: string;
  onClick: () => void;
  children: ReactNode;
  disabled?: boolean;
  className?: string;
}

function Tool({ label, testId, onClick, children, disabled, className = "" }: ToolProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      data-testid={testId}
      // A button that is disabled while it has the focus would swallow every key from then on.
      aria-disabled={disabled}
      onClick={disabled ? undefined : onClick}
      className={`grid size-11 shrink-0 place-items-center rounded-full hover:bg-[#ffffff20] aria-disabled:opacity-30 [&>svg]:size-5 ${className}`}
    >
      {children}
    </button>
  );
}

interface NeighbourProps {
  to: Message | undefined;
  label: string;
  testId: string;
  className: string;
  children: ReactNode;
}

/** It stays where it is at the end of the row, so that the focus is not lost. */
function Neighbour({ to, label, testId, className, children }: NeighbourProps) {
  return (
    <Tool
      label={label}
      testId={testId}
      disabled={!to}
      onClick={() => to && openViewer(to)}
      className={`absolute top-1/2 -translate-y-1/2 bg-[#00000080] ${className}`}
    >
      {children}
    </Tool>
  );
}
