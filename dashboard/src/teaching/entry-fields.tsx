/** What people write of an entry: its question, other ways to ask, the answer in each language, and the topic. */
import { useId } from "react";
import { useText } from "../i18n/desk.ts";
import { Field } from "../ui/field.tsx";
import {
  ANSWER_CHARACTERS_MAX,
  type EntryDraft,
  linesOf,
  PHRASINGS_MAX,
  QUESTION_CHARACTERS_MAX,
  TOPIC_CHARACTERS_MAX,
  wrongPhrasing,
} from "./entry-draft.ts";
import { TextTabs } from "./text-tabs.tsx";

interface EntryFieldsProps {
  draft: EntryDraft;
  onChange: (draft: EntryDraft) => void;
  /** The language of the answer that is wanted. */
  language: string | null;
  topics?: string[];
}

export function EntryFields({ draft, onChange, language, topics = [] }: EntryFieldsProps) {
  const text = useText();
  const change = (what: Partial<EntryDraft>) => onChange({ ...draft, ...what });
  const wrong = wrongPhrasing(linesOf(draft.phrasings));
  return (
    <div className="space-y-3">
      <Field
        label={text("entry_question")}
        value={draft.question}
        onChange={(question) => change({ question })}
        testId="entry-question"
        characters_max={QUESTION_CHARACTERS_MAX}
        required
      />
      <TextTabs
        label={text("entry_answer")}
        texts={draft.answers}
        onChange={(answers) => change({ answers })}
        language={language}
        lines={5}
        testId="entry-answers"
        characters_max={ANSWER_CHARACTERS_MAX}
      />
      <Field
        label={text("entry_phrasings")}
        value={draft.phrasings}
        onChange={(phrasings) => change({ phrasings })}
        hint={text("entry_phrasings_hint")}
        error={
          wrong &&
          (wrong === "many"
            ? text("entry_phrasings_excess", { max: PHRASINGS_MAX })
            : text("entry_phrasings_long", { max: QUESTION_CHARACTERS_MAX }))
        }
        lines={3}
        testId="entry-phrasings"
      />
      <TopicField topic={draft.topic} topics={topics} onChange={(topic) => change({ topic })} />
    </div>
  );
}

function TopicField({
  topic,
  topics,
  onChange,
}: {
  topic: string;
  topics: string[];
  onChange: (topic: string) => void;
}) {
  const text = useText();
  const list = useId();
  return (
    <label className="block">
      <span className="mb-1 block font-medium text-ink-soft text-xs">{text("entry_topic")}</span>
      <input
        list={list}
        value={topic}
        dir={topic ? "auto" : undefined}
        data-testid="entry-topic"
        maxLength={TOPIC_CHARACTERS_MAX}
        onChange={(event) => onChange(event.target.value)}
        className="plain-direction w-full rounded-xl border border-transparent bg-raised px-3 py-2 text-[0.9375rem] focus:border-accent"
      />
      <datalist id={list}>
        {topics.map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
    </label>
  );
}
