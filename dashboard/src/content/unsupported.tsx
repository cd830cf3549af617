/** Nothing that a customer sent is hidden: what cannot be shown yet is there to be read as it came. */
import { CircleHelp } from "lucide-react";
import type { Message } from "../api/types.ts";
import { type TextKey, useText } from "../i18n/index.ts";
import { object, words } from "./reading.ts";

/** What this version knows of kinds that it cannot show. */
const KNOWN: Record<string, TextKey> = {
  request_welcome: "unsupported_welcome",
  media_placeholder: "unsupported_past",
};
/** Words that say no more than that it is unsupported. */
const EMPTY_WORDS = new Set(["unsupported", "unknown", ...Object.keys(KNOWN)]);

export function Unsupported({ message }: { message: Message }) {
  const text = useText();
  const { raw, reason, provider_type } = message.metadata;
  const kind = words(provider_type) ?? "";
  const inner = words(object(object(raw).unsupported).type) ?? kind;
  const about = [EMPTY_WORDS.has(inner) ? null : inner, words(reason)].filter(Boolean).join(" · ");
  return (
    <div className="min-w-44" data-testid="unsupported">
      <p className="flex items-center gap-2 text-ink-soft text-sm italic">
        <CircleHelp aria-hidden="true" className="size-4 shrink-0" />
        {text(KNOWN[kind] ?? "message_unsupported")}
      </p>
      {about && (
        <p dir="auto" className="plain-direction text-ink-faint text-xs wrap-anywhere">
          {about}
        </p>
      )}
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
