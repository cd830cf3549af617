/** One or several people's cards. */
import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { ContactCard } from "../api/sending.ts";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { newId } from "../lib/id.ts";
import { sendContacts } from "../live/compose.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { FormFoot } from "./form-foot.tsx";

interface Card {
  id: string;
  name: string;
  phone: string;
  email: string;
  company: string;
}

/** As many as the API takes in one message. */
const CARDS_MAX = 20;
const PHONE = /^\+?[\d\s().-]{4,24}$/;

export function ContactsForm({ selected, onClose }: { selected: Selection; onClose: () => void }) {
  const text = useText();
  const [cards, setCards] = useState([blank()]);
  const change = (id: string, what: Partial<Card>) =>
    setCards(cards.map((card) => (card.id === id ? { ...card, ...what } : card)));
  const canSend = cards.every((card) => card.name.trim() && isPhone(card.phone));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!canSend) return;
    sendContacts(selected, cards.map(cardOf));
    onClose();
  };
  return (
    <Dialog title={text("add_contacts")} testId="contacts-form" onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        {cards.map((card, place) => (
          <CardFields
            key={card.id}
            card={card}
            isFirst={place === 0}
            onChange={(what) => change(card.id, what)}
            onRemove={cards.length > 1 ? () => setCards(cards.filter(({ id }) => id !== card.id)) : null}
          />
        ))}
        {cards.length < CARDS_MAX && (
          <Button testId="contact-add" icon={<Plus aria-hidden="true" />} onClick={() => setCards([...cards, blank()])}>
            {text("contact_add")}
          </Button>
        )}
        <FormFoot canSend={canSend} />
      </form>
    </Dialog>
  );
}

interface CardFieldsProps {
  card: Card;
  isFirst: boolean;
  onChange: (what: Partial<Card>) => void;
  onRemove: (() => void) | null;
}

function CardFields({ card, isFirst, onChange, onRemove }: CardFieldsProps) {
  const text = useText();
  return (
    <fieldset data-testid="contact-card" className="relative space-y-2 rounded-2xl border border-line p-3">
      <legend className="sr-only">{card.name || text("type_contacts")}</legend>
      <div className="flex items-end gap-2">
        <Field
          label={text("contact_name")}
          value={card.name}
          onChange={(name) => onChange({ name })}
          testId="contact-name"
          required
          autoFocus={isFirst}
        />
        {onRemove && (
          <IconButton small label={text("contact_remove", { name: card.name })} onClick={onRemove}>
            <X />
          </IconButton>
        )}
      </div>
      <Field
        label={text("contact_phone")}
        type="tel"
        value={card.phone}
        onChange={(phone) => onChange({ phone })}
        testId="contact-phone"
        placeholder="+961 3 000 001"
        error={isPhone(card.phone) ? null : text("contact_phone_wrong")}
      />
      <div className="flex flex-wrap gap-2">
        <Field
          label={text("contact_email")}
          type="email"
          value={card.email}
          onChange={(email) => onChange({ email })}
        />
        <Field label={text("contact_company")} value={card.company} onChange={(company) => onChange({ company })} />
      </div>
    </fieldset>
  );
}

function blank(): Card {
  return { id: newId(), name: "", phone: "", email: "", company: "" };
}

/** A card without a number is one too. */
function isPhone(phone: string): boolean {
  return phone.trim() === "" || PHONE.test(phone.trim());
}

function cardOf({ name, phone, email, company }: Card): ContactCard {
  const [first_name, ...rest] = name.trim().split(/\s+/);
  return {
    name: { formatted_name: name.trim(), first_name, ...(rest.length > 0 ? { last_name: rest.join(" ") } : {}) },
    phones: phone.trim() ? [{ phone: phone.trim(), type: "CELL" }] : [],
    ...(email.trim() ? { emails: [{ email: email.trim() }] } : {}),
    ...(company.trim() ? { org: { company: company.trim() } } : {}),
  };
}
