/** A tool as it stands in the form, and what of it goes to the server. Pure. */
import type { Tool } from "../api/assistant.ts";

export interface ToolDraft {
  id: string;
  name: string;
  description: string;
  url: string;
  method: string;
  /** A JSON schema, as it is typed. */
  parameters: string;
  header: string;
  /** What is typed: undefined leaves the secret as it is, null takes it away. */
  secret: string | null | undefined;
  /** Under which name and for which server one is kept. */
  secretOf: string | null;
}

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const NOTHING_ASKED = { type: "object", properties: {} };

export function blankTool(id: string): ToolDraft {
  return { ...draftOfTool({ name: "", description: "", parameters: NOTHING_ASKED, url: "", method: "GET" }), id };
}

export function draftOfTool(tool: Tool): ToolDraft {
  return {
    id: tool.name,
    name: tool.name,
    description: tool.description,
    url: tool.url,
    method: tool.method.toUpperCase(),
    parameters: JSON.stringify(tool.parameters ?? {}, null, 2),
    header: tool.header ?? "",
    secret: undefined,
    secretOf: tool.has_secret ? placeOf(tool) : null,
  };
}

/** Null as long as something is missing or wrong. */
export function toolOf(draft: ToolDraft): (Tool & { secret?: string | null }) | null {
  const { description, method, header, secret } = draft;
  const name = draft.name.trim();
  const url = draft.url.trim();
  const parameters = schemaIn(draft.parameters);
  if (!isToolName(name) || !isAddress(url) || !description.trim() || !parameters) return null;
  return {
    name,
    description: description.trim(),
    url,
    method,
    parameters,
    ...(header.trim() ? { header: header.trim() } : {}),
    ...(secret === undefined ? {} : { secret }),
  };
}

/** A secret is kept under the tool's name, for the server that it was told for. */
export function keepsSecret(draft: ToolDraft): boolean {
  return draft.secretOf !== null && draft.secretOf === placeOf(draft);
}

function placeOf({ name, url }: Pick<Tool, "name" | "url">): string {
  return `${name.trim()} ${originOf(url)}`;
}

/** Scheme, host and port of an address; empty when it is none. */
export function originOf(url: string): string {
  return URL.canParse(url.trim()) ? new URL(url.trim()).origin : "";
}

export function isToolName(name: string): boolean {
  return NAME.test(name.trim());
}

export function isAddress(url: string): boolean {
  return /^https?:\/\//i.test(url.trim()) && URL.canParse(url.trim());
}

/** Null when it is no JSON object. */
export function schemaIn(written: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(written);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    // It is being typed.
    return null;
  }
}
