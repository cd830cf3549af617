/** The three ways to teach, and what each of them asks for. */
import type { AnswerContext } from "../api/knowledge.ts";
import { useText } from "../i18n/desk.ts";
import { ChoiceChips } from "../ui/choice-chips.tsx";
import { Field } from "../ui/field.tsx";
import { ANSWER_CHARACTERS_MAX } from "./entry-draft.ts";
import { EntryFields } from "./entry-fields.tsx";
import { changeable, changedEntry, kindOf, type LessonDraft } from "./lesson.ts";
import type { LessonKind } from "./told.ts";

const KINDS: LessonKind[] = ["entry", "new", "message"];

interface LessonFieldsProps {
  lesson: LessonDraft;
  context: AnswerContext;
  onChange: (lesson: LessonDraft) => void;
}

export function LessonFields({ lesson, context, onChange }: LessonFieldsProps) {
  const text = useText();
  const kinds = changeable(lesson, context).length > 0 ? KINDS : KINDS.filter((kind) => kind !== "entry");
  const kind = kindOf(lesson, context);
  // An answer to Arabizi is written in Arabic script, unless somebody prefers otherwise.
  const language = context.language === "arabizi" ? "ar" : context.language;
  return (
    <div className="space-y-3">
      <ChoiceChips
        label={text("teach_how")}
        name="lesson"
        chosen={kind}
        choices={kinds.map((one) => ({ value: one, label: text(`teach_${one}`) }))}
        onChoose={(chosen) => onChange({ ...lesson, kind: chosen })}
      />
      <p className="text-ink-faint text-xs">{text(`teach_${kind}_hint`)}</p>
      {kind === "entry" && <EntryLesson lesson={lesson} context={context} language={language} onChange={onChange} />}
      {kind === "new" && (
        <EntryFields draft={lesson.added} language={language} onChange={(added) => onChange({ ...lesson, added })} />
      )}
      {kind === "message" && (
        <Field
          label={text("teach_correction")}
          value={lesson.correction}
          onChange={(correction) => onChange({ ...lesson, correction })}
          lines={5}
          testId="teach-correction"
          characters_max={ANSWER_CHARACTERS_MAX}
          required
        />
      )}
    </div>
  );
}

function EntryLesson({ lesson, context, language, onChange }: LessonFieldsProps & { language: string | null }) {
  const text = useText();
  const entries = changeable(lesson, context);
  const changed = changedEntry(lesson, context);
  if (!changed) return null;
  const { entry, draft, version } = changed;
  return (
    <>
      {entries.length > 1 && (
        <label className="block text-sm">
          <span className="mb-1 block font-medium text-ink-soft text-xs">{text("teach_which_entry")}</span>
          <select
            value={entry.entry_id}
            data-testid="teach-which-entry"
            onChange={(event) => onChange({ ...lesson, entry_id: event.target.value })}
            className="w-full rounded-xl bg-raised px-3 py-2"
          >
            {entries.map(({ entry_id, question }) => (
              <option key={entry_id} value={entry_id}>
                {`\u2068${question}\u2069`}
              </option>
            ))}
          </select>
        </label>
      )}
      <EntryFields
        key={`${entry.entry_id} ${version}`}
        draft={draft}
        language={language}
        onChange={(next) =>
          onChange({ ...lesson, changed: { ...lesson.changed, [entry.entry_id]: { draft: next, version } } })
        }
      />
    </>
  );
}
