/** Our reaction to a message: one emoji, another in its place, or none any more. */
import { SmilePlus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client.ts";
import type { Message } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/index.ts";
import { Menu } from "../ui/menu.tsx";
import { reactTo } from "./react.ts";

/** WhatsApp's own six. */
const USUAL = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const EMOJI =
  /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})(?:\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic})*$/u;

export function ReactMenu({ message }: { message: Message }) {
  const text = useText();
  return (
    <Menu small label={text("react")} testId="react" icon={<SmilePlus aria-hidden="true" />}>
      {(close) => <Choice message={message} onDone={close} />}
    </Menu>
  );
}

function Choice({ message, onDone }: { message: Message; onDone: () => void }) {
  const text = useText();
  const [failure, setFailure] = useState<ApiError | null>(null);
  const reason = useReason("failure", failure);
  const own = message.reactions.find(({ from }) => from === "business")?.emoji;
  const usual = own && !USUAL.includes(own) ? [own, ...USUAL] : USUAL;
  const choose = (emoji: string) =>
    reactTo(message, emoji === own ? "" : emoji).then(onDone, (refusal: unknown) => {
      if (!(refusal instanceof ApiError)) throw refusal;
      setFailure(refusal);
    });
  return (
    <div className="max-w-80">
      <div className="flex flex-wrap gap-0.5">
        {usual.map((emoji) => (
          <button
            key={emoji}
            type="button"
            role="menuitemradio"
            aria-checked={emoji === own}
            aria-label={text(emoji === own ? "react_remove" : "react_with", { emoji })}
            data-testid="react-emoji"
            data-emoji={emoji}
            onClick={() => void choose(emoji)}
            className={`grid size-10 place-items-center rounded-xl text-xl hover:bg-raised ${emoji === own ? "bg-accent-soft" : ""}`}
          >
            {emoji}
          </button>
        ))}
      </div>
      <AnyEmoji onChoose={(emoji) => void choose(emoji)} />
      {reason && (
        <p role="alert" data-testid="react-failure" className="px-2 py-1 text-bad text-xs">
          {reason}
        </p>
      )}
    </div>
  );
}

/** Every system has its own board of emoji; what is chosen there lands here. */
function AnyEmoji({ onChoose }: { onChoose: (emoji: string) => void }) {
  const text = useText();
  const [written, setWritten] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (EMOJI.test(written.trim())) onChoose(written.trim());
  };
  return (
    <form onSubmit={submit} className="p-1">
      <input
        value={written}
        onChange={(event) => setWritten(event.target.value)}
        aria-label={text("react_any")}
        placeholder={text("react_any")}
        data-testid="react-any"
        className="w-full rounded-lg border border-transparent bg-raised px-2.5 py-1.5 text-sm placeholder:text-ink-faint focus:border-accent"
      />
    </form>
  );
}
