/** How far the documents are that are on their way. */
import { X } from "lucide-react";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/office.ts";
import { IconButton } from "../ui/icon-button.tsx";
import type { Brought } from "./bringing-documents.ts";

export function Bringing({ files, onForget }: { files: Brought[]; onForget: (id: string) => void }) {
  const text = useText();
  return (
    <ul aria-label={text("documents_coming")} className="space-y-1.5">
      {files.map((file) => (
        <li
          key={file.id}
          data-testid="document-coming"
          data-state={file.state}
          className="flex items-center gap-3 rounded-2xl bg-surface px-4 py-2 text-sm"
        >
          <div className="min-w-0 flex-1">
            <p dir="auto" className="plain-line">
              {file.name}
            </p>
            <Standing file={file} />
          </div>
          <IconButton
            small
            label={text(file.state === "failed" || file.state === "known" ? "tray_remove" : "tray_cancel", {
              name: `\u2068${file.name}\u2069`,
            })}
            testId="document-forget"
            onClick={() => onForget(file.id)}
          >
            <X />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function Standing({ file: { name, share, state, failure } }: { file: Brought }) {
  const text = useText();
  // Of a message to a customer the same word means something else.
  const code = failure?.code === "file_refused" ? "document_refused" : failure?.code;
  const reason = useReason("failure", failure && { code: code ?? null, message: failure.message });
  if (state === "failed") {
    return (
      <p role="alert" className="text-bad text-xs">
        {reason ?? text("error_upload")}
      </p>
    );
  }
  if (state === "known") {
    return (
      <p role="status" className="text-ink-soft text-xs">
        {text("document_known")}
      </p>
    );
  }
  const percent = Math.floor(share * 100);
  return (
    <p className="flex items-center gap-2 text-ink-faint text-xs">
      <progress
        className="progress-line min-w-0 flex-1"
        max={100}
        value={percent}
        aria-label={text("tray_progress", { name })}
      />
      <span className="shrink-0 tabular-nums">{share < 1 ? text("percent", { percent }) : text("tray_working")}</span>
    </p>
  );
}
