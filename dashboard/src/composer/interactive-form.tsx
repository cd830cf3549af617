/** A question with buttons, a list to choose from, or a link. */
import { type FormEvent, useState } from "react";
import type { InteractiveSend } from "../api/sending.ts";
import type { InteractiveKind, Selection } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { sendInteractive } from "../live/compose.ts";
import { ChoiceChips } from "../ui/choice-chips.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormFoot } from "./form-foot.tsx";
import { ButtonFields, blankRow, LinkFields, ListFields, type Row } from "./interactive-parts.tsx";

/** WhatsApp's bounds, in characters. */
const BODY_MAX = 1024;
const SHORT_MAX = 60;
const BUTTON_MAX = 20;
const ROW_MAX = 24;
const ABOUT_MAX = 72;

interface Asked {
  header: string;
  body: string;
  footer: string;
  buttons: Row[];
  listButton: string;
  rows: Row[];
  linkText: string;
  url: string;
}

interface InteractiveFormProps {
  selected: Selection;
  kinds: InteractiveKind[];
  onClose: () => void;
}

export function InteractiveForm({ selected, kinds, onClose }: InteractiveFormProps) {
  const text = useText();
  const [kind, setKind] = useState(kinds[0] as InteractiveKind);
  const [asked, setAsked] = useState<Asked>(() => blank(text("list_button_default")));
  const change = (what: Partial<Asked>) => setAsked({ ...asked, ...what });
  const made = messageOf(kind, asked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!made) return;
    sendInteractive(selected, made);
    onClose();
  };
  return (
    <Dialog title={text("add_interactive")} testId="interactive-form" onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        <ChoiceChips
          label={text("interactive_kind")}
          name="interactive"
          chosen={kind}
          choices={kinds.map((one) => ({ value: one, label: text(`interactive_${one}`) }))}
          onChoose={setKind}
        />
        <Field
          label={text("interactive_body")}
          value={asked.body}
          onChange={(body) => change({ body })}
          testId="interactive-body"
          characters_max={BODY_MAX}
          lines={3}
          required
        />
        {kind === "button" && <ButtonFields rows={asked.buttons} onChange={(buttons) => change({ buttons })} />}
        {kind === "list" && (
          <ListFields
            button={asked.listButton}
            rows={asked.rows}
            onButton={(listButton) => change({ listButton })}
            onRows={(rows) => change({ rows })}
          />
        )}
        {kind === "cta_url" && (
          <LinkFields
            label={asked.linkText}
            url={asked.url}
            onLabel={(linkText) => change({ linkText })}
            onUrl={(url) => change({ url })}
          />
        )}
        <details className="text-sm">
          <summary className="cursor-pointer text-ink-soft">{text("interactive_more")}</summary>
          <div className="space-y-2 pt-2">
            <Field
              label={text("interactive_header")}
              value={asked.header}
              onChange={(header) => change({ header })}
              characters_max={SHORT_MAX}
            />
            <Field
              label={text("interactive_footer")}
              value={asked.footer}
              onChange={(footer) => change({ footer })}
              characters_max={SHORT_MAX}
            />
          </div>
        </details>
        <FormFoot canSend={made !== null} />
      </form>
    </Dialog>
  );
}

function blank(listButton: string): Asked {
  const rows = () => [blankRow()];
  return { header: "", body: "", footer: "", buttons: rows(), listButton, rows: rows(), linkText: "", url: "" };
}

/** Null as long as something is missing, too long, or twice the same. */
export function messageOf(kind: InteractiveKind, asked: Asked): InteractiveSend | null {
  const body = asked.body.trim();
  if (!fits(body, BODY_MAX) || [...asked.header].length > SHORT_MAX || [...asked.footer].length > SHORT_MAX)
    return null;
  const around = { header: asked.header.trim() || undefined, footer: asked.footer.trim() || undefined };
  const choice = choiceOf(kind, asked);
  return choice && { kind, body, ...around, ...choice };
}

function choiceOf(kind: InteractiveKind, asked: Asked): Partial<InteractiveSend> | null {
  if (kind === "cta_url") {
    const cta = { text: asked.linkText.trim(), url: asked.url.trim() };
    return fits(cta.text, BUTTON_MAX) && /^https?:\/\/[^\s/]+\.[^\s]+$/.test(cta.url) ? { cta } : null;
  }
  const titles_max = kind === "button" ? BUTTON_MAX : ROW_MAX;
  const filled = (kind === "button" ? asked.buttons : asked.rows)
    .map(({ title, description }) => ({ title: title.trim(), description: description.trim() }))
    .filter(({ title, description }) => title || description);
  const areFit = filled.every((row) => fits(row.title, titles_max) && [...row.description].length <= ABOUT_MAX);
  const areDifferent = new Set(filled.map(({ title }) => title)).size === filled.length;
  if (filled.length === 0 || !areFit || !areDifferent) return null;
  if (kind === "button") return { buttons: filled.map(({ title }, place) => ({ id: `button_${place + 1}`, title })) };
  const button = asked.listButton.trim();
  const rows = filled.map(({ title, description }, place) => ({
    id: `row_${place + 1}`,
    title,
    ...(description ? { description } : {}),
  }));
  return fits(button, BUTTON_MAX) ? { list: { button, sections: [{ rows }] } } : null;
}

function fits(written: string, characters_max: number): boolean {
  return written !== "" && [...written].length <= characters_max;
}
