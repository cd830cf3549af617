/** Every hop of one message with its time: what really happened to it. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { messageTrace } from "../api/pages.ts";
import type { Message, TraceHop } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { moment, preciseTime } from "../lib/time.ts";
import { IconButton } from "../ui/icon-button.tsx";

export default function MessageTrace({ message, onClose }: { message: Message; onClose: () => void }) {
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { data, isError } = useQuery({
    queryKey: ["trace", message.message_id, message.version],
    queryFn: () => messageTrace(message.message_id),
  });
  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      aria-label={text("message_trace")}
      data-testid="message-trace"
      className="m-auto w-full max-w-lg rounded-3xl border border-line bg-surface p-5 text-ink shadow-xl backdrop:bg-[#00000066]"
    >
      <header className="mb-3 flex items-center justify-between">
        <h3 className="font-semibold">{text("message_trace")}</h3>
        <IconButton small label={text("close")} onClick={() => dialog.current?.close()}>
          <X />
        </IconButton>
      </header>
      <p dir="ltr" className="mb-3 break-all text-start font-mono text-ink-faint text-xs">
        {message.message_id} · {message.sequence}
      </p>
      {isError && <p className="text-bad text-sm">{text("trace_failed")}</p>}
      <ol className="space-y-2">
        {data?.hops.map((hop) => (
          <Hop key={`${hop.hop} ${hop.at}`} hop={hop} />
        ))}
      </ol>
    </dialog>
  );
}

function Hop({ hop }: { hop: TraceHop }) {
  const language = useLanguage((state) => state.language);
  const detail = typeof hop.detail === "string" ? hop.detail : hop.detail ? JSON.stringify(hop.detail) : "";
  return (
    <li className="border-accent border-s-2 ps-3 text-sm">
      <p className="flex flex-wrap justify-between gap-x-3">
        <span className="font-medium">{hop.hop}</span>
        <time className="text-ink-faint text-xs tabular-nums" dateTime={hop.at} title={moment(language, hop.at)}>
          {preciseTime(language, hop.at)}
        </time>
      </p>
      {detail && (
        <p dir="auto" className="plain-direction w-fit max-w-full text-ink-soft text-xs wrap-anywhere">
          {detail}
        </p>
      )}
    </li>
  );
}
