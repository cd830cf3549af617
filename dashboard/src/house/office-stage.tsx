import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, vi } from "vitest";
import type { AssistantSettings, Scope, Settings } from "../api/assistant.ts";
import type { AnswerContext, Entry } from "../api/knowledge.ts";
import { closeKept, openKept } from "../live/kept.ts";

export interface Call {
  method: string;
  /** Below /api/live-chat. */
  path: string;
  query: Record<string, string>;
  body: Record<string, unknown>;
}
type Answer = object | [status: number, body: object];

/** What the server of a test answers, by method and path; anything else is not there. */
export let answers: Record<string, Answer | ((call: Call) => Answer)>;
/** What it was asked, in order. */
export let calls: Call[];
export const sentTo = (where: string) =>
  calls.filter(({ method, path }) => `${method} ${path}` === where).map(({ body }) => body);

/** Every test begins with a server that knows nothing, and somebody signed in. */
export function stage(): void {
  beforeEach(() => {
    answers = {};
    calls = [];
    vi.stubGlobal("fetch", answered);
    openKept("1:1");
  });
  afterEach(() => {
    closeKept(true);
    vi.unstubAllGlobals();
  });
}

export function show(part: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(<QueryClientProvider client={client}>{part}</QueryClientProvider>);
}

async function answered(url: string, init: RequestInit): Promise<Response> {
  const { pathname, searchParams } = new URL(url, "http://desk.test");
  const call = {
    method: init.method ?? "GET",
    path: pathname.replace("/api/live-chat", ""),
    query: Object.fromEntries(searchParams),
    body: init.body ? JSON.parse(String(init.body)) : {},
  };
  calls.push(call);
  const known = answers[`${call.method} ${call.path}`] ?? [404, { success: false, error: "Not there.", code: "none" }];
  const answer = typeof known === "function" ? known(call) : known;
  const [status, body] = Array.isArray(answer) ? answer : [200, { success: true, ...answer }];
  return new Response(JSON.stringify(body), { status });
}

export const refusal = (status: number, code: string, error = "No."): [number, object] => [
  status,
  { success: false, code, error },
];

export function entry(change: Partial<Entry> = {}): Entry {
  return {
    entry_id: "12",
    question: "When are you open?",
    phrasings: ["opening hours"],
    answers: { en: "From eight to five.", ar: "من الثامنة إلى الخامسة." },
    topic: "hours",
    origin: "written",
    document: null,
    archived: false,
    version: 3,
    created_by_name: "Sara",
    created_at: "2027-01-10T08:00:00Z",
    updated_by_name: "Omar",
    updated_at: "2027-01-12T08:00:00Z",
    from_message: null,
    ...change,
  };
}

export function context(change: Partial<AnswerContext> = {}): AnswerContext {
  const { question, answers: said, topic } = entry();
  return {
    answer_id: "40",
    outcome: "replied",
    question: "Are you open on Sunday?",
    reply: "From eight to five.",
    language: "en",
    confidence: 87,
    sources: [
      {
        entry_id: "12",
        question,
        answer: said.en ?? null,
        score: 87,
        tier: "strong",
        topic,
        document: null,
        entry: entry(),
      },
    ],
    verdict: null,
    correction: null,
    reason: null,
    note: "",
    draft: null,
    ...change,
  };
}

export const DEFAULTS: Settings = {
  mode: "off",
  quiet_seconds: 2.5,
  burst_seconds: 10,
  persona: "",
  confident_from: 60,
  agreement_from: 0,
  agreement_samples: 20,
  answer_characters_max: 1500,
  copilot: true,
  handover_texts: {},
  away_texts: {},
  hours: { zone: "UTC", weekly: {}, holidays: [], assistant_answers: true },
  model: {
    base_url: "",
    name: "",
    transcription: "",
    sees: false,
    timeout_seconds: 20,
    answer_tokens_max: 600,
    micros_per_million_in: 0,
    micros_per_million_out: 0,
  },
  limits: { turns_per_day: 2000, tokens_per_day: 2_000_000, micros_per_day: 0 },
  rules: { keywords: [], vip_tags: ["vip"], upset: true, idle_minutes: 0, idle_move: "end" },
};

export function scope(change: Partial<Scope> = {}): Scope {
  return {
    settings: {},
    effective: DEFAULTS,
    has_model_key: false,
    has_own_model_key: false,
    version: 4,
    ...change,
  };
}

/** The bakery's assistant answers; its second number is as the account says. */
export function settings(change: Partial<AssistantSettings> = {}): AssistantSettings {
  const channel = { provider: "meta", ...scope({ version: 0 }) };
  return {
    account: scope({ settings: { mode: "auto" } }),
    channels: [
      { ...channel, channel_id: "1", name: "Cedar Bakery" },
      { ...channel, channel_id: "2", name: "Cedar Orders" },
    ],
    tools: [],
    defaults: DEFAULTS,
    ...change,
  };
}
