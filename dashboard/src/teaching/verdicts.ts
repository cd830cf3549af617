/** What people think of the assistant's answers, ahead of the events that tell it to everybody. */
import { create } from "zustand";
import { judgeAnswer, type Verdict } from "../api/assistant.ts";
import type { Message } from "../api/types.ts";
import { object } from "../content/reading.ts";
import { useReason } from "../content/reasons.ts";
import { useAsking } from "../lib/asking.ts";
import { answerTold } from "./told.ts";

interface Judged {
  verdict: Verdict | null;
  /** Of the message when it was judged: what the server tells later counts more. */
  version: number;
}

const useJudged = create<Record<string, Judged>>()(() => ({}));

export function noteVerdict({ message_id, version }: Message, verdict: Verdict | null): void {
  useJudged.setState({ [message_id]: { verdict, version } });
}

export function useVerdict(message: Message) {
  const judged = useJudged((all) => all[message.message_id]);
  const { ask, busy, failure } = useAsking();
  const isTold = "verdict" in object(message.metadata.assistant);
  const verdict =
    judged && !(isTold && message.version > judged.version) ? judged.verdict : answerTold(message).verdict;
  const judge = async (wanted: Verdict | null) => {
    noteVerdict(message, wanted);
    const answer = await ask(() => judgeAnswer(message.conversation_id, message.message_id, wanted));
    if (answer === null) noteVerdict(message, verdict);
  };
  return {
    verdict,
    judge: (wanted: Verdict | null) => void judge(wanted),
    busy,
    failure: useReason("failure", failure),
  };
}
