/** The inside of a bubble, by the kind of message. */
import { Ban, CircleHelp, MapPin } from "lucide-react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { TypeIcon } from "../ui/type-icon.tsx";
import { RichText } from "./rich-text.tsx";

export function Content({ message }: { message: Message }) {
  if (message.deleted_at) return <Deleted />;
  if (message.type === "text") return <Body content={message.content} />;
  if (message.type === "unsupported") return <Unsupported message={message} />;
  if (message.type === "location") return <Location message={message} />;
  return <Labelled message={message} />;
}

function Body({ content }: { content: string }) {
  return (
    <p
      dir="auto"
      data-testid="message-text"
      className="plain-direction whitespace-pre-wrap text-[0.9375rem] leading-snug wrap-anywhere"
    >
      <RichText content={content} />
    </p>
  );
}

function Deleted() {
  const text = useText();
  return (
    <p data-testid="deleted-mark" className="flex items-center gap-1.5 text-ink-faint text-sm italic">
      <Ban aria-hidden="true" className="size-4" />
      {text("message_deleted")}
    </p>
  );
}

/** A kind with its sign and name, and under it whatever was written to it. */
function Labelled({ message }: { message: Message }) {
  const text = useText();
  const name = message.media?.name;
  return (
    <div className="min-w-44">
      <div className="my-1 flex items-center gap-3 rounded-xl bg-ink/5 px-3 py-2.5">
        <TypeIcon type={message.type} className="size-6 shrink-0 text-accent" />
        <div className="min-w-0 text-sm">
          <p className="font-medium">{text(`type_${message.type as "image"}`)}</p>
          {name && (
            <p dir="auto" className="plain-line text-ink-soft text-xs">
              {name}
            </p>
          )}
        </div>
      </div>
      {message.content && message.content !== name && <Body content={message.content} />}
    </div>
  );
}

function Location({ message }: { message: Message }) {
  const text = useText();
  const { latitude, longitude } = (message.metadata.location ?? {}) as { latitude?: number; longitude?: number };
  const hasPoint = typeof latitude === "number" && typeof longitude === "number";
  return (
    <div>
      <p className="flex items-center gap-2 py-1 font-medium text-sm">
        <MapPin aria-hidden="true" className="size-5 text-accent" />
        {text("type_location")}
      </p>
      {message.content && <Body content={message.content} />}
      {hasPoint && (
        <a
          dir="ltr"
          className="text-accent text-sm underline"
          target="_blank"
          rel="noopener noreferrer"
          href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
        >
          {latitude.toFixed(5)}, {longitude.toFixed(5)}
        </a>
      )}
    </div>
  );
}

/** Nothing that a customer sent is hidden: what cannot be shown yet is there to be read as it came. */
function Unsupported({ message }: { message: Message }) {
  const text = useText();
  const raw = message.metadata.raw;
  return (
    <div className="min-w-44">
      <p className="flex items-center gap-2 text-ink-soft text-sm italic">
        <CircleHelp aria-hidden="true" className="size-4 shrink-0" />
        {text("message_unsupported")}
      </p>
      {message.content && <Body content={message.content} />}
      {raw !== undefined && (
        <details className="mt-1 text-xs">
          <summary className="cursor-pointer text-ink-faint">JSON</summary>
          <pre dir="ltr" className="mt-1 max-h-48 overflow-auto rounded-lg bg-ink/5 p-2 text-start">
            {JSON.stringify(raw, null, 2)}
          </pre>
        </details>
      )}
    </div>
  );
}
