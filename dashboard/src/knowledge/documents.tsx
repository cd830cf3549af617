/** Documents that the assistant may answer from: brought, looked at, and taken away again. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, FileText, Trash2, Upload } from "lucide-react";
import { type ChangeEvent, type DragEvent, useRef, useState } from "react";
import { documents, type KnowledgeDocument, removeDocument } from "../api/knowledge.ts";
import { useReason } from "../content/reasons.ts";
import { useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { useAsking } from "../lib/asking.ts";
import { sizeText } from "../lib/files.ts";
import { useNow } from "../lib/now.ts";
import { listTime, moment } from "../lib/time.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Failed } from "../ui/failed.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Loading } from "../ui/loading.tsx";
import { Bringing } from "./bringing.tsx";
import { useBringing } from "./bringing-documents.ts";

const ACCEPTED = ".txt,.md,.markdown,.pdf,.csv,.xlsx,.html,.htm";

export function Documents({ onOpen }: { onOpen: (document_id: string) => void }) {
  const text = useText();
  const queries = useQueryClient();
  const { data, isError, isPending, refetch } = useQuery({ queryKey: ["documents"], queryFn: documents });
  const bringing = useBringing(() => {
    void queries.invalidateQueries({ queryKey: ["documents"] });
    void queries.invalidateQueries({ queryKey: ["entries"] });
  });
  const known = data?.documents ?? [];
  return (
    <div className="space-y-4">
      <DropPlace onFiles={bringing.bring} />
      {bringing.files.length > 0 && <Bringing files={bringing.files} onForget={bringing.forget} />}
      {isError && <Failed words={text("documents_failed")} onAgain={() => void refetch()} />}
      {isPending && <Loading />}
      {data && known.length === 0 && bringing.files.length === 0 && (
        <EmptyState title={text("documents_none")} detail={text("documents_none_detail")} />
      )}
      <ul className="divide-y divide-line overflow-hidden rounded-2xl bg-surface">
        {known.map((document) => (
          <DocumentRow key={document.document_id} document={document} onOpen={() => onOpen(document.document_id)} />
        ))}
      </ul>
    </div>
  );
}

/** Above the passages of one document: which one it is, and the way back. */
export function DocumentHead({ document_id, onBack }: { document_id: string; onBack: () => void }) {
  const text = useText();
  const { data } = useQuery({ queryKey: ["documents"], queryFn: documents });
  const name = data?.documents.find((document) => document.document_id === document_id)?.name;
  return (
    <header className="flex items-center gap-1">
      <IconButton small label={text("documents_back")} testId="document-back" onClick={onBack}>
        <ArrowLeft className="rtl:-scale-x-100" />
      </IconButton>
      <h2 dir="auto" data-testid="document-name" className="plain-line min-w-0 flex-1 font-semibold">
        {name ?? text("passages_of")}
      </h2>
    </header>
  );
}

function DropPlace({ onFiles }: { onFiles: (files: File[]) => void }) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const chosen = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(event.target.files ?? [])]);
    // The same file may be chosen again.
    event.target.value = "";
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    onFiles([...event.dataTransfer.files]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for whoever drops nothing
    <div
      data-testid="document-drop"
      onDragOver={(event) => event.preventDefault()}
      onDrop={dropped}
      className="flex flex-wrap items-center gap-3 rounded-2xl border-2 border-line border-dashed p-4"
    >
      <p className="min-w-48 flex-1 text-ink-soft text-sm">{text("documents_lead")}</p>
      <Button
        look="primary"
        testId="document-add"
        icon={<Upload aria-hidden="true" />}
        onClick={() => input.current?.click()}
      >
        {text("document_add")}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        accept={ACCEPTED}
        data-testid="choose-document"
        onChange={chosen}
      />
    </div>
  );
}

function DocumentRow({ document, onOpen }: { document: KnowledgeDocument; onOpen: () => void }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  const { name, bytes, passages, created_by_name, created_at } = document;
  return (
    <li data-testid="document-row" className="flex flex-wrap items-center gap-3 px-4 py-3">
      <FileText aria-hidden="true" className="size-6 shrink-0 text-accent" />
      <div className="min-w-40 flex-1">
        <button
          type="button"
          dir="auto"
          title={text("passages_of")}
          data-testid="document-open"
          onClick={onOpen}
          className="plain-line block w-full font-medium hover:underline"
        >
          {name}
        </button>
        <p className="text-ink-faint text-xs">
          {text("document_passages", { count: passages })} · <bdi>{sizeText(language, bytes)}</bdi>
          {created_by_name && (
            <>
              {" · "}
              <bdi>{created_by_name}</bdi>
            </>
          )}
          {" · "}
          <time dateTime={created_at} title={moment(language, created_at)}>
            {listTime(language, created_at, now)}
          </time>
        </p>
      </div>
      <Removal document={document} />
    </li>
  );
}

/** Its passages go with it, so it is asked once more. */
function Removal({ document: { document_id, name } }: { document: KnowledgeDocument }) {
  const text = useText();
  const [isConfirming, confirm] = useState(false);
  const { ask, busy, failure } = useAsking();
  const reason = useReason("failure", failure);
  const queries = useQueryClient();
  const remove = async () => {
    if ((await ask(() => removeDocument(document_id))) === null) return;
    await Promise.all([["documents"], ["entries"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  if (!isConfirming) {
    return (
      <IconButton
        small
        label={text("document_remove", { name: `\u2068${name}\u2069` })}
        testId="document-remove"
        onClick={() => confirm(true)}
      >
        <Trash2 />
      </IconButton>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      {reason && (
        <span role="alert" className="text-bad text-xs">
          {reason}
        </span>
      )}
      <Button look="danger" testId="document-remove-confirm" disabled={busy} onClick={() => void remove()}>
        {text("document_remove_confirm")}
      </Button>
      <Button onClick={() => confirm(false)}>{text("cancel")}</Button>
    </div>
  );
}
