/** A document: its name, kind and size, and the ways to open or keep it. */
import { Download, ExternalLink, FileText } from "lucide-react";
import type { ReactNode } from "react";
import type { Media, Message } from "../api/types.ts";
import { useLanguage, useText } from "../i18n/index.ts";
import { Body } from "./body.tsx";
import { Absent } from "./fetch-again.tsx";
import { bytesInWords, lettersOf, linkOf, opensInBrowser, stateOf, thumbnailOf } from "./media.ts";

export function DocumentFile({ message }: { message: Message }) {
  const text = useText();
  const { media, content } = message;
  const isReady = media !== null && stateOf(media) === "ready";
  const caption = media && content !== media.name ? content : "";
  return (
    <div className="w-72 max-w-full" data-testid="document">
      <div className="-mx-1.5 my-0.5 rounded-xl bg-ink/5 px-3 py-2.5">
        <div className="flex items-center gap-3">
          <Tile media={media} />
          <div className="min-w-0 flex-1 text-sm">
            <p
              dir="auto"
              className="plain-beside line-clamp-2 font-medium wrap-anywhere"
              title={media?.name ?? undefined}
            >
              {media?.name ?? text("type_document")}
            </p>
            {media && <About media={media} />}
          </div>
        </div>
        {isReady ? (
          <Ways media={media} />
        ) : (
          // As high as what will stand here, so that nothing moves when it comes.
          <div className="mt-2 border-line border-t pt-2">
            <Absent message={message} />
          </div>
        )}
      </div>
      {caption && <Body content={caption} />}
    </div>
  );
}

function Tile({ media }: { media: Media | null }) {
  const picture = media && stateOf(media) === "ready" ? thumbnailOf(media) : null;
  const letters = media ? lettersOf(media) : "";
  return (
    <span className="grid size-11 shrink-0 place-items-center overflow-hidden rounded-lg bg-accent-soft font-bold text-[0.6875rem] text-accent">
      {picture ? (
        <img src={picture} alt="" loading="lazy" decoding="async" className="size-full object-cover" />
      ) : (
        letters || <FileText aria-hidden="true" className="size-6" />
      )}
    </span>
  );
}

function About({ media }: { media: Media }) {
  const language = useLanguage((state) => state.language);
  const parts = [lettersOf(media), media.bytes === null ? null : bytesInWords(language, media.bytes)].filter(Boolean);
  return (
    <p className="min-h-4 text-ink-soft text-xs" data-testid="document-about">
      {parts.map((part, place) => (
        <span key={part}>
          {place > 0 && " · "}
          <bdi>{part}</bdi>
        </span>
      ))}
    </p>
  );
}

function Ways({ media }: { media: Media }) {
  const text = useText();
  const [shown, kept] = [linkOf(media, false), linkOf(media, true)];
  return (
    <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1 border-line border-t pt-2 text-sm">
      {shown && opensInBrowser(media) && (
        <Way href={shown} icon={<ExternalLink />} testId="open-document">
          {text("media_open_file")}
        </Way>
      )}
      {kept && (
        <Way href={kept} icon={<Download />} download={media.name ?? ""} testId="download">
          {text("media_download")}
        </Way>
      )}
    </p>
  );
}

interface WayProps {
  href: string;
  icon: ReactNode;
  children: ReactNode;
  download?: string;
  testId: string;
}

function Way({ href, icon, children, download, testId }: WayProps) {
  const target = download === undefined ? "_blank" : undefined;
  return (
    <a
      href={href}
      target={target}
      rel="noopener noreferrer"
      download={download}
      data-testid={testId}
      className="inline-flex items-center gap-1.5 font-medium text-accent hover:underline [&>svg]:size-4"
    >
      {icon}
      {children}
    </a>
  );
}
