/** Teaching at one message: the entry behind it is changed, a new one is added, or only this answer is corrected. */
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { ApiError } from "../api/client.ts";
import type { AnswerContext } from "../api/knowledge.ts";
import { teach } from "../api/knowledge.ts";
import type { Message } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/desk.ts";
import { useAsking } from "../lib/asking.ts";
import { useKept } from "../live/kept.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { AskedAndSaid } from "./asked-and-said.tsx";
import { Conflict } from "./conflict.tsx";
import { useAnswerContext } from "./context.ts";
import { draftOfEntry } from "./entry-draft.ts";
import { beginLesson, changedEntry, kindOf, lessonOf } from "./lesson.ts";
import { LessonFields } from "./lesson-fields.tsx";
import { noteVerdict } from "./verdicts.ts";

export function TeachDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const text = useText();
  const { data, isError, refetch } = useAnswerContext(message);
  return (
    <Dialog title={text("teach_title")} testId="teach-dialog" onClose={onClose} wide>
      {data && <TeachForm message={message} context={data} refetch={refetch} onClose={onClose} />}
      {!data && !isError && <p className="text-ink-faint text-sm">{text("loading")}</p>}
      {!data && isError && (
        <p role="alert" className="flex flex-wrap items-center gap-2 text-bad text-sm">
          {text("context_failed")}
          <Button testId="context-again" onClick={() => void refetch()}>
            {text("try_again")}
          </Button>
        </p>
      )}
    </Dialog>
  );
}

interface TeachFormProps {
  message: Message;
  context: AnswerContext;
  refetch: () => Promise<unknown>;
  onClose: () => void;
}

function TeachForm({ message, context, refetch, onClose }: TeachFormProps) {
  const text = useText();
  const kept = useKept(`lesson ${message.message_id}`, () => beginLesson(context));
  const { value, change } = kept;
  const { busy, failure, forgive, submit, isDone } = useTeaching(message, kept.forget, refetch);
  const lesson = lessonOf(value, context);
  const changed = changedEntry(value, context);
  const isConflict = failure?.code === "newer_version" && kindOf(value, context) === "entry";
  const begin = (version: number, isMine: boolean) => {
    if (!changed) return null;
    const { entry, draft } = changed;
    const begun = { draft: isMine ? draft : draftOfEntry(entry), version };
    const next = { ...value, changed: { ...value.changed, [entry.entry_id]: begun } };
    change(next);
    forgive();
    return lessonOf(next, context);
  };
  const discard = () => {
    kept.discard();
    forgive();
  };
  if (isDone)
    return <Done words={text(lesson?.action === "message" ? "teach_noted" : "teach_done")} onClose={onClose} />;
  return (
    <form
      className="space-y-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        submit(lesson);
      }}
    >
      <AskedAndSaid context={context} />
      <LessonFields lesson={value} context={context} onChange={change} />
      <div className="sticky -bottom-4 flex flex-wrap items-center justify-end gap-3 bg-surface py-2 sm:-bottom-5">
        {isConflict ? (
          <Conflict
            theirs={changed?.entry ?? null}
            busy={busy}
            onMine={() => submit(begin(changed?.entry.version ?? 0, true))}
            onTheirs={() => begin(changed?.entry.version ?? 0, false)}
          />
        ) : (
          <Standing failure={failure} busy={busy} onDiscard={kept.isKept ? discard : null} />
        )}
        <Button type="submit" look="primary" testId="teach-save" disabled={busy || isConflict || !lesson}>
          {text("save")}
        </Button>
      </div>
    </form>
  );
}

interface StandingProps {
  failure: ApiError | null;
  busy: boolean;
  /** Null while nothing was changed. */
  onDiscard: (() => void) | null;
}

function Standing({ failure, busy, onDiscard }: StandingProps) {
  const text = useText();
  const reason = useReason("failure", failure);
  return (
    <>
      {reason && (
        <p role="alert" data-testid="teach-failure" className="min-w-0 flex-1 text-bad text-xs">
          {text("not_saved", { reason })}
        </p>
      )}
      {onDiscard && (
        <Button testId="teach-discard" disabled={busy} onClick={onDiscard}>
          {text("discard")}
        </Button>
      )}
    </>
  );
}

function useTeaching(message: Message, forget: () => void, refetch: () => Promise<unknown>) {
  const { ask, busy, failure, forgive } = useAsking();
  const [isDone, finish] = useState(false);
  const queries = useQueryClient();
  const submit = async (lesson: ReturnType<typeof lessonOf>) => {
    if (!lesson || busy) return;
    const answer = await ask(() => teach(message, lesson));
    // Of a conflict the entry is shown as it is now.
    if (answer === null) return void (await refetch());
    forget();
    noteVerdict(message, "down");
    finish(true);
    for (const queryKey of [["entries"], ["unanswered"], ["answer context"]])
      void queries.invalidateQueries({ queryKey });
  };
  return { submit: (lesson: ReturnType<typeof lessonOf>) => void submit(lesson), busy, failure, forgive, isDone };
}

function Done({ words, onClose }: { words: string; onClose: () => void }) {
  const text = useText();
  return (
    <div className="flex flex-col items-center gap-3 p-4 text-center" role="status" data-testid="teach-done">
      <p>{words}</p>
      <Button look="primary" onClick={onClose}>
        {text("close")}
      </Button>
    </div>
  );
}
