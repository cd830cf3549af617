/** What stands around a message: who spoke in a group, that it was forwarded, the advertisement or product it is about. */
import { ExternalLink, Forward, Megaphone } from "lucide-react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { object, webAddress, words } from "./reading.ts";

export function Around({ message }: { message: Message }) {
  const text = useText();
  const { forwarded, frequently_forwarded, referral, referred_product, speaker } = message.metadata;
  if (!(forwarded || frequently_forwarded || referral || referred_product || speaker)) return null;
  const { name, phone, username } = object(speaker);
  const who = words(name) ?? words(phone) ?? words(username);
  const product = words(object(referred_product).product_retailer_id);
  return (
    <>
      {who && (
        <p dir="auto" className="plain-direction font-medium text-accent text-xs" data-testid="speaker">
          {who}
        </p>
      )}
      {Boolean(forwarded || frequently_forwarded) && (
        <p className="flex items-center gap-1 text-ink-faint text-xs italic" data-testid="forwarded">
          <Forward aria-hidden="true" className="size-3.5 rtl:-scale-x-100" />
          {text(frequently_forwarded ? "message_forwarded_often" : "message_forwarded")}
        </p>
      )}
      {Boolean(referral) && <Advertisement message={message} />}
      {product && (
        <p className="text-ink-soft text-xs">
          {text("message_about_product")} <bdi>{product}</bdi>
        </p>
      )}
    </>
  );
}

function Advertisement({ message }: { message: Message }) {
  const text = useText();
  const { headline, body, source_url } = object(message.metadata.referral);
  const link = webAddress(source_url);
  return (
    <div data-testid="referral" className="my-1 rounded-lg border-read border-s-4 bg-ink/5 px-2.5 py-1.5 text-xs">
      <p className="flex items-center gap-1 text-ink-faint">
        <Megaphone aria-hidden="true" className="size-3.5 rtl:-scale-x-100" />
        {text("message_from_ad")}
      </p>
      {[words(headline), words(body)].map(
        (line, place) =>
          line && (
            <p
              key={line}
              dir="auto"
              className={`plain-direction line-clamp-3 wrap-anywhere ${place === 0 ? "font-medium" : "text-ink-soft"}`}
            >
              {line}
            </p>
          ),
      )}
      {link && (
        <a
          href={link}
          target="_blank"
          rel="noopener noreferrer"
          className="mt-0.5 inline-flex items-center gap-1 text-read"
        >
          <ExternalLink aria-hidden="true" className="size-3" />
          <bdi dir="ltr">{new URL(link).hostname}</bdi>
        </a>
      )}
    </div>
  );
}
