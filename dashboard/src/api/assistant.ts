/** What is asked and told about the assistant itself: what it is set to, what it did, and what it would say. */
import { post, postPatiently, put, read } from "./client.ts";
import type { HandoverReason, NoteTold, Sentiment } from "./types.ts";

const LIVE_CHAT = "/api/live-chat";

export type Tier = "exact" | "strong" | "weak";
/** What it came to: it said it, it called people, or it only kept it for comparison. */
export type Outcome = "replied" | "handed_over" | "drafted" | "silent";

/** An entry of the knowledge that an answer stands on, and how well it fits, 0 to 100. */
export interface Source {
  entry_id: string;
  question: string;
  score: number;
  tier: Tier;
  topic: string | null;
  /** The name of the document of which it is a passage. */
  document: string | null;
}

export type AssistantMode = "off" | "shadow" | "auto";
export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
/** From and to, as `HH:MM`. */
export type Span = [string, string];

export interface Settings {
  mode: AssistantMode;
  quiet_seconds: number;
  burst_seconds: number;
  persona: string;
  confident_from: number;
  agreement_from: number;
  agreement_samples: number;
  answer_characters_max: number;
  copilot: boolean;
  /** Language → what a customer is told when people are called. */
  handover_texts: Record<string, string>;
  /** The same when nobody is there. */
  away_texts: Record<string, string>;
  hours: {
    zone: string;
    /** Without a day it is always open. */
    weekly: Partial<Record<Weekday, Span[]>>;
    /** `2026-12-25`, or `12-25` for every year. */
    holidays: string[];
    assistant_answers: boolean;
  };
  model: {
    base_url: string;
    name: string;
    transcription: string;
    sees: boolean;
    timeout_seconds: number;
    answer_tokens_max: number;
    /** The price of a million tokens, in millionths of the account's currency. */
    micros_per_million_in: number;
    micros_per_million_out: number;
  };
  /** In a day; 0 is no limit. */
  limits: { turns_per_day: number; tokens_per_day: number; micros_per_day: number };
  rules: {
    keywords: string[];
    vip_tags: string[];
    upset: boolean;
    /** 0 is never. */
    idle_minutes: number;
    idle_move: "end" | "release";
  };
}

export type Part = "hours" | "model" | "limits" | "rules";
/** Only what differs: of a number from the account, of the account from what is usual. */
export type Own = Partial<Omit<Settings, Part>> & { [Name in Part]?: Partial<Settings[Name]> };

export interface Scope {
  settings: Own;
  effective: Settings;
  /** There is a key for the server that holds here, its own or the account's. */
  has_model_key: boolean;
  has_own_model_key: boolean;
  version: number;
}

export interface ChannelScope extends Scope {
  channel_id: string;
  name: string | null;
  provider: string;
}

/** An HTTP call that the assistant may make, with a secret that is never shown again. */
export interface Tool {
  name: string;
  description: string;
  /** A JSON schema. */
  parameters: Record<string, unknown>;
  url: string;
  method: string;
  /** In which the secret goes along. */
  header?: string | null;
  has_secret?: boolean;
}

export interface AssistantSettings {
  account: Scope;
  channels: ChannelScope[];
  tools: Tool[];
  defaults: Settings;
}

export interface SettingsChange {
  /** None: for the whole account. */
  channel_id: string | null;
  settings: Own;
  /** Left out, it stays; null takes it away. */
  model_key?: string | null;
  version: number;
}

export interface TopicReport {
  topic: string | null;
  drafts: number;
  /** Drafts that were held against what a person sent. */
  compared: number;
  /** How near drafts came to what people sent, 0 to 100; null without any. */
  agreement: number | null;
  replies: number;
  up: number;
  down: number;
}

export interface SpendingDay {
  day: string;
  turns: number;
  tokens: number;
  cost_micros: number;
}

export interface Report {
  outcomes: Partial<Record<Outcome, number>>;
  reasons: Partial<Record<HandoverReason, number>>;
  topics: TopicReport[];
  spending: SpendingDay[];
  languages: Record<string, number>;
  sentiments: Partial<Record<Sentiment, number>>;
}

export interface Tried extends NoteTold {
  outcome: Outcome;
  reply: string | null;
  /** What it would have said, where it calls people instead. */
  draft: string | null;
  /** What the customer hears when people are called. */
  told: string | null;
  reason: HandoverReason | null;
  confidence: number;
  language: string | null;
  sources: (Source & { answer: string | null })[];
  /** What was done, when, and with what result. */
  steps: { step: string; at: string | null; detail: unknown }[];
}

export interface Suggestion extends NoteTold {
  /** Null when nothing that is known fits. */
  text: string | null;
  confidence: number;
  language: string | null;
  sources: Source[];
}

export type Rewriting = "shorter" | "friendlier" | "translate";

export const assistantSettings = () => read<AssistantSettings>(`${LIVE_CHAT}/assistant/settings`);
export const changeSettings = (change: SettingsChange) => put<Scope>(`${LIVE_CHAT}/assistant/settings`, change);
/** A `secret` left out stays; null takes it away. */
export const changeTools = (tools: (Tool & { secret?: string | null })[], version: number) =>
  put<{ tools: Tool[]; version: number }>(`${LIVE_CHAT}/assistant/tools`, { tools, version });
export const assistantReport = (days: number) => read<Report>(`${LIVE_CHAT}/assistant/report`, { days });
/** Nothing of it is kept or sent. */
export const tryAssistant = (text: string, channel_id: string | null) =>
  postPatiently<Tried>(`${LIVE_CHAT}/assistant/try`, { text, channel_id });

export const suggestReply = (conversation_id: string, user_id: string) =>
  postPatiently<Suggestion>(`${LIVE_CHAT}/copilot/suggest`, { conversation_id, user_id });
export const rewriteText = (text: string, how: Rewriting, language: string | null) =>
  postPatiently<{ text: string }>(`${LIVE_CHAT}/copilot/rewrite`, { text, how, language });
export const summariseConversation = (conversation_id: string, user_id: string, language: string) =>
  postPatiently<{ text: string }>(`${LIVE_CHAT}/copilot/summary`, { conversation_id, user_id, language });

export type Verdict = "up" | "down";
export const judgeAnswer = (conversation_id: string, message_id: string, verdict: Verdict | null) =>
  post<{ success: true }>(`${LIVE_CHAT}/answer-feedback`, { conversation_id, message_id, verdict });
