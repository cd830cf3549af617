/** Messages with something to tap: what was offered, and what the customer chose. */
import { CornerDownRight, ExternalLink, LayoutList, PhoneIncoming, PhoneOff, SquareCheckBig } from "lucide-react";
import type { ReactNode } from "react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { Body } from "./body.tsx";
import { useChosen } from "./chosen.ts";
import { type Answer, answerOf, type Choice, type Offer, offerOf } from "./details.ts";
import { HeaderFile } from "./header-file.tsx";
import { OfferButton } from "./offer-button.tsx";

export function Interactive({ message }: { message: Message }) {
  const answer = answerOf(message);
  return answer ? <Answered answer={answer} /> : <Offered message={message} />;
}

function Answered({ answer }: { answer: Answer }) {
  const text = useText();
  if (answer.kind === "calls") {
    const word = answer.allowed ? (answer.forGood ? "calls_allowed_for_good" : "calls_allowed") : "calls_refused";
    return <Sign icon={answer.allowed ? <PhoneIncoming /> : <PhoneOff />}>{text(word)}</Sign>;
  }
  if (answer.kind === "form") {
    return (
      <div data-testid="form-answer">
        <Sign icon={<SquareCheckBig />}>{text("form_answered")}</Sign>
        {answer.note && <Body content={answer.note} />}
        <dl className="mt-0.5 space-y-1 text-sm">
          {answer.fields.map(({ name, value }) => (
            <div key={name}>
              <dt dir="auto" className="plain-direction text-ink-faint text-xs">
                {name}
              </dt>
              <dd dir="auto" className="plain-direction wrap-anywhere">
                {value}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    );
  }
  return (
    <div data-testid="chosen">
      <p className="flex items-center gap-1 text-ink-faint text-xs">
        <CornerDownRight aria-hidden="true" className="size-3.5 rtl:-scale-x-100" />
        {text("choice_made")}
      </p>
      <Body content={answer.title} />
      {answer.about && (
        <p dir="auto" className="plain-direction text-ink-soft text-sm wrap-anywhere">
          {answer.about}
        </p>
      )}
    </div>
  );
}

function Sign({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className="flex items-center gap-2 py-0.5 text-sm [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-accent">
      {icon}
      {children}
    </p>
  );
}

function Offered({ message }: { message: Message }) {
  const offer = offerOf(message);
  const chosen = useChosen(message);
  return (
    <div className="min-w-52" data-testid="offer">
      <HeaderFile message={message} />
      {offer.header && (
        <p dir="auto" className="plain-direction font-semibold text-[0.9375rem] wrap-anywhere">
          {offer.header}
        </p>
      )}
      {(offer.body ?? message.content) && <Body content={offer.body ?? message.content} />}
      {offer.footer && (
        <p dir="auto" className="plain-direction mt-0.5 text-ink-faint text-xs wrap-anywhere">
          {offer.footer}
        </p>
      )}
      <Choices offer={offer} chosen={chosen} />
      {offer.link && (
        <OfferButton icon={<ExternalLink />} href={offer.link.url}>
          {offer.link.title}
        </OfferButton>
      )}
    </div>
  );
}

function Choices({ offer, chosen }: { offer: Offer; chosen: ReadonlySet<string> }) {
  const isList = offer.button !== null;
  const rows = offer.sections.map(({ title, choices }, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the sections of a message never change their places
    <div key={place}>
      {title && (
        <p dir="auto" className="plain-direction mt-1.5 font-medium text-accent text-xs">
          {title}
        </p>
      )}
      {choices.map((choice) => (
        <OneChoice key={`${choice.id} ${choice.title}`} choice={choice} isList={isList} chosen={chosen} />
      ))}
    </div>
  ));
  if (!isList) return rows;
  return (
    <details className="mt-1.5 border-line border-t pt-1" open={chosen.size > 0}>
      <summary className="flex cursor-pointer items-center justify-center gap-1.5 py-1 font-medium text-accent text-sm">
        <LayoutList aria-hidden="true" className="size-4" />
        <bdi>{offer.button}</bdi>
      </summary>
      {rows}
    </details>
  );
}

interface ChoiceProps {
  choice: Choice;
  isList: boolean;
  chosen: ReadonlySet<string>;
}

function OneChoice({ choice, isList, chosen }: ChoiceProps) {
  const text = useText();
  const isChosen = chosen.has(choice.id ?? "") || chosen.has(choice.title);
  const mark = isChosen && (
    <SquareCheckBig role="img" aria-label={text("choice_taken")} className="size-4 shrink-0 text-accent" />
  );
  if (!isList) return <OfferButton icon={mark}>{choice.title}</OfferButton>;
  return (
    <div className="flex items-center justify-between gap-2 py-1 text-sm">
      <div className="min-w-0">
        <p dir="auto" className="plain-direction wrap-anywhere">
          {choice.title}
        </p>
        {choice.about && (
          <p dir="auto" className="plain-direction text-ink-soft text-xs wrap-anywhere">
            {choice.about}
          </p>
        )}
      </div>
      {mark}
    </div>
  );
}
