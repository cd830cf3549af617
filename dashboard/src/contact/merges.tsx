/** Contacts that are one person: say so, and take it back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Undo2, UserRoundPlus } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { chatsPage, mergeContacts, unmergeContacts } from "../api/pages.ts";
import type { ContactMerge, Conversation } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { displayName } from "../lib/names.ts";
import { useNow } from "../lib/now.ts";
import { listTime } from "../lib/time.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { useClient } from "./client.ts";

const FOUND_MAX = 8;

export function Merges({ row }: { row: Conversation }) {
  const text = useText();
  const { act, busy, failure } = useSaying();
  const data = useClient(row.user_id);
  const [isChoosing, setChoosing] = useState(false);
  const merges = data?.merges ?? [];
  const choose = (other: Conversation) =>
    act(async () => {
      await mergeContacts(row.user_id, other.user_id);
      setChoosing(false);
    });
  return (
    <section aria-label={text("merges")} data-testid="merges" className="mt-6 space-y-2 text-sm">
      {merges.map((merge) => (
        <Merge
          key={merge.merge_id}
          merge={merge}
          busy={busy}
          onUndo={() => act(() => unmergeContacts(merge.merge_id))}
        />
      ))}
      {isChoosing ? (
        <OtherContact row={row} busy={busy} onChoose={choose} onCancel={() => setChoosing(false)} />
      ) : (
        <Button testId="merge" icon={<UserRoundPlus aria-hidden="true" />} onClick={() => setChoosing(true)}>
          {text("merge")}
        </Button>
      )}
      {failure && (
        <p role="alert" className="text-bad text-xs">
          {text("merge_failed", { detail: failure })}
        </p>
      )}
    </section>
  );
}

function Merge({ merge, busy, onUndo }: { merge: ContactMerge; busy: boolean; onUndo: () => void }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  const name = merge.other_name ?? merge.other_identities[0]?.value ?? merge.other_user_id;
  return (
    <div data-testid="merge-made" className="flex items-center gap-2">
      <span className="min-w-0 flex-1">
        <span dir="auto" className="plain-line block">
          {text(merge.told_by === "operator" ? "merged_with" : "merged_by_whatsapp", { name: `\u2068${name}\u2069` })}
        </span>
        <span className="block text-ink-faint text-xs">
          {merge.operator_name && <bdi>{merge.operator_name} · </bdi>}
          <time dateTime={merge.merged_at}>{listTime(language, merge.merged_at, now)}</time>
        </span>
      </span>
      <Button testId="unmerge" disabled={busy} icon={<Undo2 aria-hidden="true" />} onClick={onUndo}>
        {text("unmerge")}
      </Button>
    </div>
  );
}

interface OtherContactProps {
  row: Conversation;
  busy: boolean;
  onChoose: (other: Conversation) => void;
  onCancel: () => void;
}

/** Nothing happens before somebody has been found, chosen and confirmed: it would be the wrong person too easily. */
function OtherContact({ row, busy, onChoose, onCancel }: OtherContactProps) {
  const text = useText();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<Conversation | null>(null);
  const search = typed.trim();
  const { data } = useQuery({
    queryKey: ["contacts to merge", search],
    queryFn: () => chatsPage({ search }),
    enabled: search.length > 1,
    placeholderData: (before) => before,
  });
  const found = search.length > 1 ? otherContacts(data?.chats ?? [], row.user_id) : [];
  if (chosen) {
    return (
      <div className="space-y-2">
        <p>{text("merge_confirm", { name: `\u2068${displayName(chosen) ?? text("unknown_customer")}\u2069` })}</p>
        <Button testId="merge-confirm" look="primary" disabled={busy} onClick={() => onChoose(chosen)}>
          {text("merge")}
        </Button>{" "}
        <Button onClick={() => setChosen(null)}>{text("cancel")}</Button>
      </div>
    );
  }
  return (
    <div className="space-y-1">
      <input
        // biome-ignore lint/a11y/noAutofocus: it appears because somebody asked to look for a person
        autoFocus
        type="search"
        dir={typed ? "auto" : undefined}
        value={typed}
        data-testid="merge-search"
        aria-label={text("merge_search")}
        placeholder={text("merge_search")}
        onChange={(event) => setTyped(event.target.value)}
        className="plain-direction h-9 w-full rounded-xl border border-transparent bg-raised px-3 placeholder:text-ink-faint focus:border-accent"
      />
      {found.map((other) => (
        <button
          key={other.user_id}
          type="button"
          data-testid="merge-choice"
          onClick={() => setChosen(other)}
          className="flex w-full items-center gap-2 rounded-xl px-2 py-1 text-start hover:bg-raised"
        >
          <Avatar id={other.user_id} name={other.user_name} size="size-7 text-xs" />
          <span className="min-w-0 flex-1">
            <span dir="auto" className="plain-line block">
              {displayName(other) ?? text("unknown_customer")}
            </span>
            <bdi dir="ltr" className="block text-ink-faint text-xs">
              {other.user_phone ?? other.customer_info.bsuid}
            </bdi>
          </span>
        </button>
      ))}
      {search.length > 1 && data && found.length === 0 && <p className="text-ink-faint">{text("merge_nobody")}</p>}
      <Button onClick={onCancel}>{text("cancel")}</Button>
    </div>
  );
}

/** Each person once, and never the one who is shown. */
export function otherContacts(chats: Conversation[], user_id: string): Conversation[] {
  const others = new Map(chats.map((chat) => [chat.user_id, chat]));
  others.delete(user_id);
  return [...others.values()].slice(0, FOUND_MAX);
}

function useSaying() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const queries = useQueryClient();
  const say = async (ask: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(null);
    try {
      await ask();
      // The events tell the rest; this is only the list of merges.
      await queries.invalidateQueries({ queryKey: ["conversations of"] });
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
    } finally {
      setBusy(false);
    }
  };
  return { act: (ask: () => Promise<unknown>) => void say(ask), busy, failure: useReason("failure", failure) };
}
