/** Which choices of a message the customer has taken, as far as the answers are loaded. */
import { useMemo } from "react";
import type { Message } from "../api/types.ts";
import { useScreen } from "../live/store.ts";
import { answerOf } from "./details.ts";

const BETWEEN = "\u0000";
const NOTHING: ReadonlySet<string> = new Set();
/** Made once for each state of a conversation, whoever asks: there may be many such messages in it. */
const taken = new WeakMap<Message[], Map<string, Set<string>>>();

/** Ids and titles of what was chosen in answer to this message. */
export function useChosen({ conversation_id, message_id }: Message): ReadonlySet<string> {
  // Words compare by what they say: whatever else happens in the conversation draws nothing anew here.
  const chosen = useScreen((state) => {
    const messages = state.live.threads[conversation_id]?.messages;
    const found = messages && choicesTaken(messages).get(message_id);
    return found ? [...found].join(BETWEEN) : "";
  });
  return useMemo(() => (chosen ? new Set(chosen.split(BETWEEN)) : NOTHING), [chosen]);
}

export function choicesTaken(messages: Message[]): Map<string, Set<string>> {
  const known = taken.get(messages);
  if (known) return known;
  const found = new Map<string, Set<string>>();
  for (const message of messages) {
    if (message.type !== "interactive" || !message.is_user || !message.reply_to) continue;
    const answer = answerOf(message);
    if (answer?.kind !== "choice") continue;
    const chosen = found.get(message.reply_to) ?? new Set();
    chosen.add(answer.title);
    if (answer.id) chosen.add(answer.id);
    found.set(message.reply_to, chosen);
  }
  taken.set(messages, found);
  return found;
}
