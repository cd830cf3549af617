/** An order from the catalogue: what, how many, at which price, and the sum. */
import { ShoppingBag } from "lucide-react";
import type { Message } from "../api/types.ts";
import { type Language, remembered, useLanguage, useText } from "../i18n/index.ts";
import { Body } from "./body.tsx";
import { orderOf } from "./details.ts";

export function Order({ message }: { message: Message }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { note, items, total } = orderOf(message);
  return (
    <div className="w-68 max-w-full" data-testid="order">
      <p className="flex items-center gap-2 py-1 font-medium text-sm">
        <ShoppingBag aria-hidden="true" className="size-5 text-accent" />
        {text("order_items", { count: items.reduce((sum, item) => sum + (item.quantity ?? 1), 0) })}
      </p>
      <ul className="divide-y divide-line rounded-xl bg-ink/5 px-3 text-sm">
        {items.map(({ name, quantity, price, currency }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items of an order never change their places
          <li key={place} className="flex items-baseline justify-between gap-3 py-1.5">
            <span className="min-w-0 wrap-anywhere">
              <bdi>{name}</bdi>{" "}
              {quantity !== null && <span className="text-ink-soft">× {quantity.toLocaleString(language)}</span>}
            </span>
            {price !== null && (
              <span className="shrink-0 tabular-nums">
                <bdi>{money(language, price * (quantity ?? 1), currency)}</bdi>
              </span>
            )}
          </li>
        ))}
      </ul>
      {total && (
        <p className="flex justify-between gap-3 px-3 py-1.5 font-semibold text-sm" data-testid="order-total">
          <span>{text("order_total")}</span>
          <bdi className="tabular-nums">{money(language, total.amount, total.currency)}</bdi>
        </p>
      )}
      {note && <Body content={note} />}
    </div>
  );
}

const plainFormat = remembered((language) => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }));

function money(language: Language, amount: number, currency: string | null): string {
  if (!currency) return plainFormat(language).format(amount);
  return new Intl.NumberFormat(language, { style: "currency", currency }).format(amount);
}
