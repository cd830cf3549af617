/** What the assistant has done elsewhere with the account's tools: whoever goes on from there has to know of it. */
import { Wrench } from "lucide-react";
import { useText } from "../i18n/desk.ts";
import type { Deed } from "./told.ts";

export function DeedsLine({ deeds }: { deeds: Deed[] }) {
  const text = useText();
  return deeds.map(({ tool, ok }, place) => (
    <p
      // biome-ignore lint/suspicious/noArrayIndexKey: what was done is done, in this order.
      key={place}
      data-testid="deed"
      className={`flex items-center gap-1 pb-0.5 text-xs ${ok ? "text-ink-soft" : "text-warn"}`}
    >
      <Wrench aria-hidden="true" className="size-3.5 shrink-0" />
      {text(ok ? "deed_done" : "deed_unknown", { tool })}
    </p>
  ));
}
