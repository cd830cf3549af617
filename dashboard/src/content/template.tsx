/** A template as the customer sees it, with its values filled in. */
import { Copy, ExternalLink, LayoutTemplate, Phone, Reply } from "lucide-react";
import type { ReactNode } from "react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { Body } from "./body.tsx";
import { useChosen } from "./chosen.ts";
import { templateOf } from "./details.ts";
import { HeaderFile } from "./header-file.tsx";
import { OfferButton } from "./offer-button.tsx";

const SIGNS: Record<string, ReactNode> = {
  quick_reply: <Reply />,
  url: <ExternalLink />,
  phone_number: <Phone />,
  copy_code: <Copy />,
};

export function Template({ message }: { message: Message }) {
  const text = useText();
  const { name, header, body, footer, buttons } = templateOf(message);
  const chosen = useChosen(message);
  return (
    <div className="min-w-52" data-testid="template">
      <p className="flex items-center gap-1 text-ink-faint text-xs" title={name ?? undefined}>
        <LayoutTemplate aria-hidden="true" className="size-3.5 shrink-0" />
        <span>{text("type_template")}</span>
        {name && <bdi className="truncate">· {name}</bdi>}
      </p>
      <HeaderFile message={message} />
      {header && (
        <p dir="auto" className="plain-direction font-semibold text-[0.9375rem] wrap-anywhere">
          {header}
        </p>
      )}
      {body && <Body content={body} />}
      {footer && (
        <p dir="auto" className="plain-direction mt-0.5 text-ink-faint text-xs wrap-anywhere">
          {footer}
        </p>
      )}
      {buttons.map(({ type, title }) => (
        <OfferButton key={title} icon={SIGNS[type]}>
          {chosen.has(title) ? `✓ ${title}` : title}
        </OfferButton>
      ))}
    </div>
  );
}
