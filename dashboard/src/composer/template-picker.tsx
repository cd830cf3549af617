/** The approved templates of a channel: found by any word, filled in, seen as the customer will, and sent. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, RefreshCw } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { refreshTemplates, templates } from "../api/pages.ts";
import type { Template } from "../api/sending.ts";
import type { Selection } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/desk.ts";
import { findTemplates } from "../lib/templates.ts";
import { useScreen } from "../live/store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { TemplateForm } from "./template-form.tsx";

export function TemplatePicker({ selected, onClose }: { selected: Selection; onClose: () => void }) {
  const text = useText();
  const [chosen, setChosen] = useState<Template | null>(null);
  return (
    <Dialog wide title={text("add_template")} testId="template-picker" onClose={onClose}>
      {chosen ? (
        <>
          <div className="mb-3 flex items-center gap-2">
            <IconButton small label={text("template_back")} testId="template-back" onClick={() => setChosen(null)}>
              <ArrowLeft className="rtl:-scale-x-100" />
            </IconButton>
            <TemplateName template={chosen} />
          </div>
          <TemplateForm selected={selected} template={chosen} onSent={onClose} />
        </>
      ) : (
        <Choice selected={selected} onChoose={setChosen} />
      )}
    </Dialog>
  );
}

function Choice({ selected, onChoose }: { selected: Selection; onChoose: (template: Template) => void }) {
  const text = useText();
  const [search, setSearch] = useState("");
  const { conversation_id } = selected;
  const query = useQuery({
    queryKey: ["templates", conversation_id],
    queryFn: () => templates(conversation_id),
  });
  const found = findTemplates(query.data?.templates ?? [], search);
  return (
    <>
      <div className="mb-3 flex items-center gap-2">
        <input
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          // biome-ignore lint/a11y/noAutofocus: whoever opens the list of templates looks for one
          autoFocus
          dir={search ? "auto" : undefined}
          aria-label={text("template_search")}
          placeholder={text("template_search")}
          data-testid="template-search"
          className="w-full rounded-full border border-transparent bg-raised px-4 py-2 text-sm placeholder:text-ink-faint focus:border-accent"
        />
        <Refresh conversation_id={conversation_id} />
      </div>
      {query.isPending && <p className="text-ink-faint text-sm">{text("loading")}</p>}
      {query.isError && (
        <p role="alert" className="flex items-center gap-3 text-bad text-sm">
          {text("template_failed")} <Button onClick={() => void query.refetch()}>{text("try_again")}</Button>
        </p>
      )}
      {query.data && found.length === 0 && (
        <p data-testid="template-none" className="py-4 text-center text-ink-faint text-sm">
          {search ? text("list_empty_search", { search }) : text("template_none")}
        </p>
      )}
      <ul className="space-y-1.5" data-testid="template-list">
        {found.map((template) => (
          <li key={`${template.name} ${template.language}`}>
            <TemplateRow template={template} onChoose={() => onChoose(template)} />
          </li>
        ))}
      </ul>
    </>
  );
}

function TemplateRow({ template, onChoose }: { template: Template; onChoose: () => void }) {
  const text = useText();
  return (
    <button
      type="button"
      data-testid="template"
      data-name={template.name}
      data-language={template.language}
      disabled={!template.usable}
      onClick={onChoose}
      className="block w-full rounded-2xl bg-raised px-3 py-2 text-start hover:bg-line disabled:opacity-60"
    >
      <TemplateName template={template} />
      <span dir="auto" className="plain-direction line-clamp-2 text-ink-soft text-sm wrap-anywhere">
        {template.body.text}
      </span>
      {!template.usable && (
        <span className="text-warn text-xs">
          {text("template_unusable", { status: text(`template_${template.status}`) })}
        </span>
      )}
    </button>
  );
}

function TemplateName({ template: { name, language, category } }: { template: Template }) {
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
      <bdi dir="ltr" className="font-medium text-sm">
        {name}
      </bdi>
      <bdi dir="ltr" className="text-ink-faint text-xs">
        {language} · {category.toLowerCase()}
      </bdi>
    </span>
  );
}

/** A template that was approved a moment ago is asked for, not waited for. */
function Refresh({ conversation_id }: { conversation_id: string }) {
  const text = useText();
  const cache = useQueryClient();
  const channel_id = useScreen((state) => state.live.conversations[conversation_id]?.channel.channel_id);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const told = useReason("failure", failure);
  if (!channel_id) return null;
  const refresh = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await refreshTemplates(channel_id);
      await cache.invalidateQueries({ queryKey: ["templates"] });
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {told && (
        <span role="alert" className="max-w-40 truncate text-bad text-xs" title={told}>
          {told}
        </span>
      )}
      <IconButton
        small
        label={text("template_refresh")}
        testId="template-refresh"
        disabled={isBusy}
        onClick={() => void refresh()}
      >
        <RefreshCw className={isBusy ? "breathe" : ""} />
      </IconButton>
    </>
  );
}
