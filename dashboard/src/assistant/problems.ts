/** What is wrong with which field: what the server refuses of a form, and what can be told before it is asked. */

import type { Settings } from "../api/assistant.ts";
import type { ApiError } from "../api/client.ts";
import { list, words } from "../content/reading.ts";
import { useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { isAddress } from "./tool-draft.ts";

/** Field → what is wrong with it. */
export type Problems = Record<string, string>;

/** Failures that are about one setting. */
const PLACES: Record<string, string> = { burst_too_short: "burst_seconds", key_without_server: "model.base_url" };

/** By the names of the request's fields without `above`, which they stand in. */
export function useProblems(failure: ApiError | null, above: string): Problems {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const told = list(failure?.body.fields).map(({ field, problem }) => {
    const name = words(field) ?? "";
    // The server tells in English.
    return [name.replace(`${above}.`, ""), language === "en" ? words(problem) : null] as const;
  });
  const place = PLACES[failure?.code ?? ""];
  const placed: Problems = place ? { [place]: text(`failure_${failure?.code}` as "failure_burst_too_short") } : {};
  return { ...Object.fromEntries(told.map(([name, problem]) => [name, problem ?? text("field_refused")])), ...placed };
}

export function useOwnProblems({ burst_seconds, quiet_seconds, model }: Settings): Problems {
  const text = useText();
  return {
    ...(burst_seconds < quiet_seconds ? { burst_seconds: text("failure_burst_too_short") } : {}),
    ...(model.base_url && !isAddress(model.base_url) ? { "model.base_url": text("tool_url_wrong") } : {}),
  };
}

/** What is wrong with a field or with something in it. */
export function problemAt(problems: Problems, path: string): string | null {
  const found = Object.keys(problems).find((name) => name === path || name.startsWith(`${path}.`));
  return found === undefined ? null : (problems[found] as string);
}

export function problemsBelow(problems: Problems, place: string): Problems {
  const within = Object.entries(problems).filter(([name]) => name.startsWith(`${place}.`));
  return Object.fromEntries(within.map(([name, problem]) => [name.slice(place.length + 1), problem]));
}
