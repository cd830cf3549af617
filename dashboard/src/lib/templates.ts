/** Templates as a person looks for them, fills them in, and sees them before they go. */
import type { Template, TemplateSend } from "../api/sending.ts";

const GAP = /\{\{\s*([0-9]+|[a-z][a-z0-9_]*)\s*\}\}/g;

export type GapPart = "header" | "body" | "buttons";

/** A place of a template that has to be filled in. */
export interface Gap {
  part: GapPart;
  /** Its name; of a button its place. */
  name: string;
}

export interface TemplatePreview {
  header: string | null;
  body: string;
  footer: string | null;
  buttons: { type: string; text: string }[];
}

export function blankTemplate({ name, language }: Template): TemplateSend {
  return { name, language, header: {}, body: {}, buttons: {} };
}

export function gapsOf(template: Template): Gap[] {
  return [
    ...(template.header?.gaps ?? []).map((name) => ({ part: "header" as const, name })),
    ...template.body.gaps.map((name) => ({ part: "body" as const, name })),
    ...template.buttons.flatMap(({ gap }, place) => (gap ? [{ part: "buttons" as const, name: String(place) }] : [])),
  ];
}

export function missingGaps(template: Template, values: TemplateSend): Gap[] {
  return gapsOf(template).filter(({ part, name }) => !values[part][name]?.trim());
}

/** What the customer will see; a gap that is still open is shown as it is. */
export function previewOf(template: Template, values: TemplateSend): TemplatePreview {
  return {
    header: template.header?.text ? filled(template.header.text, values.header) : null,
    body: filled(template.body.text, values.body),
    footer: template.footer,
    buttons: template.buttons.map(({ type, text }) => ({ type: type.toLowerCase(), text })),
  };
}

export function filled(text: string, values: Record<string, string>): string {
  return text.replace(GAP, (gap, name: string) => values[name]?.trim() || gap);
}

/** Those in which every word of the search stands, the usable ones first. */
export function findTemplates(templates: Template[], search: string): Template[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = templates.filter(({ name, language, category, body, header }) => {
    const whole = `${name} ${name.replaceAll("_", " ")} ${language} ${category} ${header?.text ?? ""} ${body.text}`;
    return words.every((word) => whole.toLowerCase().includes(word));
  });
  return found.toSorted(
    (one, other) => Number(other.usable) - Number(one.usable) || one.name.localeCompare(other.name),
  );
}
