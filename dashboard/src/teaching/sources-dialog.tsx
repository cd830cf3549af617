/** The entries that an answer stands on, with how well they fit and what they say now. */
import { GraduationCap } from "lucide-react";
import type { MatchedSource } from "../api/knowledge.ts";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { AskedAndSaid } from "./asked-and-said.tsx";
import { useAnswerContext } from "./context.ts";
import { MatchCard } from "./match-card.tsx";
import { answerTold } from "./told.ts";

interface SourcesDialogProps {
  message: Message;
  onTeach: () => void;
  onClose: () => void;
}

export function SourcesDialog({ message, onTeach, onClose }: SourcesDialogProps) {
  const text = useText();
  const { data, isError } = useAnswerContext(message);
  // What the message itself tells is there at once, and without the server.
  const sources = data?.sources ?? answerTold(message).sources;
  return (
    <Dialog title={text("sources_title")} testId="sources-dialog" onClose={onClose} wide>
      <div className="space-y-3">
        {data && <AskedAndSaid context={data} />}
        {isError && <p className="text-bad text-xs">{text("context_failed")}</p>}
        {sources.length === 0 && <p className="text-ink-soft text-sm">{text("sources_none")}</p>}
        <ul className="space-y-2">
          {sources.map((source) => (
            <MatchCard key={source.entry_id} match={source}>
              {"entry" in source && <Standing source={source as MatchedSource} />}
            </MatchCard>
          ))}
        </ul>
        <div className="flex justify-end">
          <Button look="primary" testId="sources-teach" icon={<GraduationCap aria-hidden="true" />} onClick={onTeach}>
            {text("teach")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** What has become of the entry since. */
function Standing({ source: { entry, answer } }: { source: MatchedSource }) {
  const text = useText();
  const isGone = entry === null || entry.archived;
  if (!isGone && (answer === null || Object.values(entry.answers).includes(answer))) return null;
  return (
    <p data-testid="entry-standing" className="mt-1 text-warn text-xs">
      {text(isGone ? "entry_gone" : "entry_changed")}
    </p>
  );
}
