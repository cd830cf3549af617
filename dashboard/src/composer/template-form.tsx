/** A template's gaps, its file, and what the customer will see of it. */
import { Paperclip } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Template, TemplateSend } from "../api/sending.ts";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { likelyKind } from "../lib/files.ts";
import { blankTemplate, type Gap, gapsOf, missingGaps, previewOf } from "../lib/templates.ts";
import { sendTemplate } from "../live/compose.ts";
import { attachFile, type FileItem, itemOf, removeFile, useUploads } from "../live/uploads.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormFoot } from "./form-foot.tsx";
import { FileRow } from "./tray.tsx";

/** WhatsApp's bound for what stands in a gap of the text. */
const VALUE_CHARACTERS_MAX = 1024;

interface TemplateFormProps {
  selected: Selection;
  template: Template;
  onSent: () => void;
}

export function TemplateForm({ selected, template, onSent }: TemplateFormProps) {
  const text = useText();
  const [values, setValues] = useState<TemplateSend>(() => blankTemplate(template));
  const { file, attach } = useHeaderFile(selected.conversation_id);
  const gaps = gapsOf(template);
  const isFileMissing = template.wants_file !== null && !(file && isFit(file, template.wants_file));
  const canSend = missingGaps(template, values).length === 0 && !isFileMissing;
  const fill = ({ part, name }: Gap, value: string) =>
    setValues({ ...values, [part]: { ...values[part], [name]: value } });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!canSend) return;
    sendTemplate(selected, template, values, file ?? null);
    onSent();
  };
  return (
    <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2" data-testid="template-form">
      <div className="space-y-3">
        {template.wants_file && (
          <HeaderFile kind={template.wants_file} file={file} onFile={(chosen) => attach(chosen, template.wants_file)} />
        )}
        {gaps.map((gap, place) => (
          <Field
            key={`${gap.part} ${gap.name}`}
            label={labelOf(template, gap, text)}
            value={values[gap.part][gap.name] ?? ""}
            onChange={(value) => fill(gap, value)}
            testId={`gap-${gap.part}-${gap.name}`}
            characters_max={VALUE_CHARACTERS_MAX}
            required
            autoFocus={place === 0}
          />
        ))}
        {gaps.length === 0 && !template.wants_file && (
          <p className="text-ink-faint text-sm">{text("template_no_gaps")}</p>
        )}
      </div>
      <Preview template={template} values={values} file={file} />
      <FormFoot canSend={canSend} />
    </form>
  );
}

/** While it is on its way nobody knows what the server will find it to be, and what was filled in waits for that here. */
function isFit({ state, kind }: FileItem, wanted: string): boolean {
  return state === "ready" && kind === wanted;
}

/** The file belongs to the form until it is sent; a form that is closed takes it along. */
function useHeaderFile(conversation_id: string) {
  const [id, setId] = useState<string | null>(null);
  const file = useUploads((state) => state.items.find((item) => item.id === id));
  useEffect(() => () => forgetUnsent(id), [id]);
  const attach = (chosen: File, kind: Template["wants_file"]) => {
    const told = kind === "document";
    const wish = { place: "form" as const, kind: kind ?? likelyKind(chosen.type), told };
    setId(attachFile(conversation_id, chosen, chosen.name, wish));
  };
  return { file, attach };
}

function forgetUnsent(id: string | null): void {
  if (id && itemOf(id)?.place === "form") removeFile(id);
}

const ACCEPTED = { image: "image/jpeg,image/png,image/webp", video: "video/mp4,video/3gpp", document: undefined };

interface HeaderFileProps {
  kind: "image" | "video" | "document";
  file: FileItem | undefined;
  onFile: (file: File) => void;
}

function HeaderFile({ kind, file, onFile }: HeaderFileProps) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const isComing = file?.state === "waiting" || file?.state === "uploading";
  const isOther = file?.state === "ready" && !isFit(file, kind);
  return (
    <div>
      <p className="mb-1 font-medium text-ink-soft text-xs">
        {text("template_file", { kind: text(`type_${kind}`) })} *
      </p>
      {file && <FileRow file={file} capabilities={null} />}
      {isComing && (
        <p role="status" data-testid="header-coming" className="mt-1 text-ink-faint text-xs">
          {text("template_file_coming")}
        </p>
      )}
      {isOther && (
        <p role="alert" data-testid="header-unfit" className="mt-1 text-bad text-xs">
          {text("template_file_unfit", { kind: text(`type_${kind}`) })}
        </p>
      )}
      {!file && (
        <Button icon={<Paperclip aria-hidden="true" />} testId="header-file" onClick={() => input.current?.click()}>
          {text("template_choose_file")}
        </Button>
      )}
      <input
        ref={input}
        type="file"
        hidden
        tabIndex={-1}
        accept={ACCEPTED[kind]}
        data-testid="choose-header"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) onFile(chosen);
          event.target.value = "";
        }}
      />
    </div>
  );
}

function labelOf(template: Template, { part, name }: Gap, text: ReturnType<typeof useText>): string {
  if (part === "buttons") return text("gap_button", { name: template.buttons[Number(name)]?.text ?? name });
  const shown = /^\d+$/.test(name) ? `{{${name}}}` : name.replaceAll("_", " ");
  return text(part === "header" ? "gap_header" : "gap_body", { name: shown });
}

interface PreviewProps {
  template: Template;
  values: TemplateSend;
  file: FileItem | undefined;
}

function Preview({ template, values, file }: PreviewProps) {
  const text = useText();
  const { header, body, footer, buttons } = previewOf(template, values);
  const picture = file?.kind === "image" ? (file.preview ?? file.upload?.url) : null;
  return (
    <section aria-label={text("template_preview")} className="chat-ground rounded-2xl p-3">
      <div
        data-testid="template-preview"
        className="ms-auto w-fit min-w-40 max-w-full overflow-hidden rounded-2xl bg-bubble-out px-3 py-2 text-[0.9375rem] leading-snug shadow-xs"
      >
        {picture && <img src={picture} alt="" className="mb-2 max-h-40 w-full rounded-lg object-cover" />}
        {template.wants_file && !picture && (
          <p className="mb-2 grid h-20 place-items-center rounded-lg bg-ink/5 text-ink-faint text-xs">
            {file?.name ?? text(`type_${template.wants_file}`)}
          </p>
        )}
        {header && (
          <p dir="auto" className="plain-direction mb-1 font-semibold wrap-anywhere">
            {header}
          </p>
        )}
        <p dir="auto" className="plain-direction whitespace-pre-wrap wrap-anywhere">
          {body}
        </p>
        {footer && (
          <p dir="auto" className="plain-direction mt-1 text-ink-faint text-xs wrap-anywhere">
            {footer}
          </p>
        )}
        {buttons.map((button) => (
          <p key={button.text} className="mt-2 border-ink/10 border-t pt-2 text-center font-medium text-accent text-sm">
            {button.text}
          </p>
        ))}
      </div>
    </section>
  );
}
