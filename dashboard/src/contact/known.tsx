/** What the assistant has noted about a customer: people see what it goes by, and take back what is not so. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { ApiError } from "../api/client.ts";
import { factsOf, forgetFact } from "../api/pages.ts";
import type { ContactFact, Conversation } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { useNow } from "../lib/now.ts";
import { listTime } from "../lib/time.ts";
import { IconButton } from "../ui/icon-button.tsx";

/** Nothing is shown of a person of whom nothing was noted. */
export function Known({ row }: { row: Conversation }) {
  const text = useText();
  const queries = useQueryClient();
  // Whatever the assistant says or a colleague takes back makes a newer version of the row.
  const queryKey = ["facts of", row.user_id, row.version];
  const { data } = useQuery({
    queryKey,
    queryFn: () => factsOf(row.user_id),
    placeholderData: (before) => before,
  });
  const forget = useMutation({
    mutationFn: ({ fact_id }: ContactFact) => forgetFact(row.user_id, fact_id),
    onSuccess: (left) => queries.setQueryData(queryKey, left),
  });
  const failure = useReason("failure", forget.error instanceof ApiError ? forget.error : null);
  const facts = data?.facts ?? [];
  if (facts.length === 0) return null;
  return (
    <section aria-label={text("known")} data-testid="known" className="mt-6 text-sm">
      <h3 className="mb-1 text-ink-faint text-xs">{text("known")}</h3>
      <ul>
        {facts.map((known) => (
          <One key={known.fact_id} known={known} busy={forget.isPending} onForget={() => forget.mutate(known)} />
        ))}
      </ul>
      {failure && (
        <p role="alert" className="text-bad text-xs">
          {failure}
        </p>
      )}
    </section>
  );
}

function One({ known, busy, onForget }: { known: ContactFact; busy: boolean; onForget: () => void }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  return (
    <li className="flex items-start gap-2" data-testid="fact">
      <span className="min-w-0 flex-1 py-1">
        <span dir="auto" className="block wrap-anywhere">
          {known.fact}
        </span>
        <time dateTime={known.noted_at} className="text-ink-faint text-xs">
          {listTime(language, known.noted_at, now)}
        </time>
      </span>
      <IconButton small disabled={busy} label={text("known_forget", { fact: known.fact })} onClick={onForget}>
        <X />
      </IconButton>
    </li>
  );
}
