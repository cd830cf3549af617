/** What the next message takes along: each file with how far it is, and how to get rid of it. */
import { RotateCw, X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { FileKind } from "../api/sending.ts";
import type { Capabilities } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { type Language, type TextKey, type Translate, useLanguage } from "../i18n/index.ts";
import { kindsFor, sizeText } from "../lib/files.ts";
import { type FileItem, removeFile, retryFile } from "../live/uploads.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { TypeIcon } from "../ui/type-icon.tsx";

const REFUSALS = ["file_not_taken", "file_empty", "file_too_large", "file_refused", "tray_full"] as const;
/** Once more changes nothing about these. */
const FINAL: string[] = [...REFUSALS, "too_large"];

export default function Tray({ files, capabilities }: { files: FileItem[]; capabilities: Capabilities | null }) {
  const text = useText();
  const list = useRef<HTMLUListElement>(null);
  // What was added last is what one wants to see.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number of files is the reason to look
  useEffect(() => {
    list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [files.length]);
  return (
    <ul
      ref={list}
      aria-label={text("tray")}
      data-testid="tray"
      className="mb-2 flex max-h-[40dvh] flex-col gap-1.5 overflow-y-auto rounded-2xl bg-raised p-2"
    >
      {files.map((file) => (
        <li key={file.id}>
          <FileRow file={file} capabilities={capabilities} onRemove={focusComposer} />
        </li>
      ))}
    </ul>
  );
}

interface FileRowProps {
  file: FileItem;
  capabilities: Capabilities | null;
  onRemove?: () => void;
}

export function FileRow({ file, capabilities, onRemove }: FileRowProps) {
  const text = useText();
  const { id, name, kind, state, error, told, mime_type } = file;
  const kinds = capabilities ? kindsFor(mime_type, capabilities) : [];
  const canChoose = kinds.length > 1 && (kind !== "voice" || !told) && state !== "failed";
  const canRetry = state === "failed" && !FINAL.includes(error?.code ?? "");
  return (
    <div
      data-testid="tray-file"
      data-state={state}
      data-kind={kind}
      className="flex items-center gap-2.5 rounded-xl bg-surface p-1.5"
    >
      <Look file={file} />
      <div className="min-w-0 flex-1 text-sm">
        <p dir="auto" className="plain-line font-medium">
          {name}
        </p>
        <Standing file={file} />
      </div>
      {canChoose && file.place === "tray" && <KindChoice file={file} kinds={kinds} />}
      {canRetry && (
        <IconButton small label={text("try_again")} testId="tray-retry" onClick={() => retryFile(id)}>
          <RotateCw />
        </IconButton>
      )}
      <IconButton
        small
        label={text(state === "ready" || state === "failed" ? "tray_remove" : "tray_cancel", { name })}
        testId="tray-remove"
        onClick={() => {
          removeFile(id);
          onRemove?.();
        }}
      >
        <X />
      </IconButton>
    </div>
  );
}

function Look({ file: { kind, preview, upload } }: { file: FileItem }) {
  const picture = preview ?? upload?.thumbnail_url ?? upload?.url;
  const look = "size-12 shrink-0 rounded-lg object-cover bg-ink/5";
  if ((kind === "image" || kind === "sticker") && picture) return <img src={picture} alt="" className={look} />;
  if (kind === "video" && preview) return <video src={preview} muted playsInline preload="metadata" className={look} />;
  return (
    <span className={`grid place-items-center ${look}`}>
      <TypeIcon type={kind} className="size-6 text-accent" />
    </span>
  );
}

/** How far it is: to be seen, and to be heard by who cannot see it. */
function Standing({ file }: { file: FileItem }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { state, share, bytes, error } = file;
  const size = sizeText(language, file.upload?.bytes ?? bytes);
  if (state === "failed") {
    return (
      <p role="alert" data-testid="tray-error" className="text-bad text-xs">
        {fileError(error, text, language)}
      </p>
    );
  }
  if (state === "ready") return <p className="text-ink-faint text-xs">{size}</p>;
  const percent = Math.floor(share * 100);
  return (
    <div className="flex items-center gap-2 text-ink-faint text-xs">
      <progress
        className="progress-line min-w-0 flex-1"
        max={100}
        value={percent}
        data-testid="tray-progress"
        aria-label={text("tray_progress", { name: file.name })}
      />
      <span className="shrink-0 tabular-nums">
        {share < 1 ? text("tray_share", { percent, size }) : text("tray_working")}
      </span>
    </div>
  );
}

/** What a file is sent as: a picture as a document keeps every pixel. */
function KindChoice({ file, kinds }: { file: FileItem; kinds: FileKind[] }) {
  const text = useText();
  const chosen = kinds.includes(file.kind) ? file.kind : (kinds[0] as FileKind);
  return (
    <select
      aria-label={text("tray_as", { name: file.name })}
      data-testid="tray-kind"
      value={chosen}
      onChange={(event) => retryFile(file.id, event.target.value as FileKind)}
      className="max-w-28 shrink-0 rounded-lg bg-raised px-1.5 py-1 text-ink-soft text-xs"
    >
      {kinds.map((kind) => (
        <option key={kind} value={kind}>
          {text(`type_${kind}`)}
        </option>
      ))}
    </select>
  );
}

/** The server says more than its code, but says it in English. */
function fileError(error: FileItem["error"], text: Translate, language: Language): string {
  const known = REFUSALS.find((code) => code === error?.code);
  const key = known ? (`error_${known}` as TextKey) : error?.code === "too_large" ? "error_file_too_large" : null;
  if (error?.message && error.code !== "network" && (language === "en" || !key)) return error.message;
  return text(key ?? "error_upload");
}

function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.focus();
}
