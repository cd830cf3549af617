import { describe, expect, it } from "vitest";
import { message } from "../house/cast.ts";
import { choicesTaken } from "./chosen.ts";
import { answerOf, cardsOf, offerOf, orderOf, placeOf, templateOf } from "./details.ts";

const of = (metadata: Record<string, unknown>) => message(1, { metadata });
const interactive = (part: object) => of({ interactive: part });

describe("a place", () => {
  it("is read from numbers, also written as words", () => {
    const location = {
      latitude: "33.89",
      longitude: 35.5,
      name: "Home",
      address: "Hamra",
      url: "https://example.com/",
    };
    expect(placeOf(of({ location }))).toEqual({ ...location, latitude: 33.89 });
  });

  it("is nowhere when it is on no map, and never leads to a program", () => {
    const location = { latitude: 91, longitude: "east", url: "javascript:alert(1)" };
    expect(placeOf(of({ location }))).toEqual({
      latitude: null,
      longitude: null,
      name: null,
      address: null,
      url: null,
    });
  });
});

describe("cards", () => {
  it("have a name, a company, numbers and addresses", () => {
    const contacts = [
      {
        name: { formatted_name: "Rami Haddad" },
        phones: [{ phone: "+961 3 000 099" }, { wa_id: "9613000098" }],
        emails: [{ email: "rami@example.com" }],
        org: { company: "Blue Garage" },
      },
    ];
    expect(cardsOf(of({ contacts }))).toEqual([
      {
        name: "Rami Haddad",
        company: "Blue Garage",
        phones: ["+961 3 000 099", "9613000098"],
        emails: ["rami@example.com"],
      },
    ]);
  });

  it("may say all of that in a vCard", () => {
    const vcard = "BEGIN:VCARD\r\nFN:Rami Haddad\r\nitem1.TEL;waid=1:+961 3 000 099\r\nORG:Blue Garage;\r\nEND:VCARD";
    expect(cardsOf(of({ contacts: [{ vcard }] }))).toEqual([
      { name: "Rami Haddad", company: "Blue Garage", phones: ["+961 3 000 099"], emails: [] },
    ]);
  });

  it("are read in no time, whatever a customer puts into a vCard", () => {
    const spaces = " ".repeat(60_000);
    const vcard = `FN:Rami${spaces}\nTEL:+961${spaces}x\n${"TEL:1".repeat(20_000)}\nORG:${";".repeat(60_000)}x`;
    const before = performance.now();
    expect(cardsOf(of({ contacts: [{ vcard }] }))).toMatchObject([{ name: "Rami" }]);
    expect(performance.now() - before).toBeLessThan(200);
  });
});

describe("an order", () => {
  const item = { product_retailer_id: "bread", quantity: 2, item_price: "4.5", currency: "usd" };

  it("has a sum when everything has a price in one currency", () => {
    const order = orderOf(of({ order: { text: "soon", product_items: [item, { ...item, quantity: "1" }] } }));
    expect(order).toMatchObject({ note: "soon", total: { amount: 13.5, currency: "USD" } });
  });

  it("has none when a price is missing or the currencies differ", () => {
    for (const other of [
      { ...item, item_price: null },
      { ...item, currency: "LBP" },
    ]) {
      expect(orderOf(of({ order: { product_items: [item, other] } })).total).toBeNull();
    }
  });
});

describe("an answer", () => {
  it("names what was chosen, of buttons, lists and templates", () => {
    const choice = { kind: "choice", id: "y", title: "Yes", about: null };
    expect(answerOf(interactive({ type: "button_reply", button_reply: { id: "y", title: "Yes" } }))).toEqual(choice);
    const list_reply = { id: "y", title: "Yes", description: "today" };
    expect(answerOf(interactive({ type: "list_reply", list_reply }))).toEqual({ ...choice, about: "today" });
    expect(answerOf(of({ button: { text: "Yes", payload: "y" } }))).toEqual({ ...choice, id: "y" });
  });

  it("tells a form's fields without what only machines read", () => {
    const form = of({
      interactive: { type: "nfm_reply", nfm_reply: { body: "Sent" } },
      response: { flow_token: "secret", screen_0_full_name_1: "Rana", guests: [4, 5], agree: true, empty: "" },
    });
    expect(answerOf(form)).toEqual({
      kind: "form",
      note: null,
      fields: [
        { name: "full name", value: "Rana" },
        { name: "guests", value: "4, 5" },
        { name: "agree", value: "✓" },
      ],
    });
  });

  it("tells whether calls are allowed", () => {
    const reply = (response: string) =>
      answerOf(interactive({ type: "call_permission_reply", call_permission_reply: { response, is_permanent: true } }));
    expect(reply("accept")).toEqual({ kind: "calls", allowed: true, forGood: true });
    expect(reply("reject")).toMatchObject({ allowed: false });
  });

  it("is none when something is offered", () => {
    expect(answerOf(interactive({ type: "button", action: {} }))).toBeNull();
  });

  it("is found again by the message that it answers", () => {
    const reply = { type: "button_reply", button_reply: { id: "y", title: "Yes" } };
    const chose = message(2, { type: "interactive", reply_to: "offer", metadata: { interactive: reply } });
    const ours = { ...chose, is_user: false, reply_to: "other" };
    const taken = choicesTaken([chose, ours]);
    expect([...taken.keys()]).toEqual(["offer"]);
    expect(taken.get("offer")).toEqual(new Set(["Yes", "y"]));
  });
});

describe("an offer", () => {
  const reply = (id: string, title: string) => ({ type: "reply", reply: { id, title } });

  it("shows its buttons, its list, or its link", () => {
    const around = { header: { type: "text", text: "Bread" }, body: { text: "Today?" }, footer: { text: "Cedar" } };
    const buttons = offerOf(interactive({ ...around, type: "button", action: { buttons: [reply("y", "Yes")] } }));
    expect(buttons).toMatchObject({ header: "Bread", body: "Today?", footer: "Cedar", button: null, link: null });
    expect(buttons.sections).toEqual([{ title: null, choices: [{ id: "y", title: "Yes", about: null }] }]);
    const sections = [{ title: "Morning", rows: [{ id: "8", title: "Eight", description: "early" }] }];
    const list = offerOf(interactive({ type: "list", action: { button: "Times", sections } }));
    expect(list.button).toBe("Times");
    expect(list.sections[0]?.choices).toEqual([{ id: "8", title: "Eight", about: "early" }]);
    const parameters = { display_text: "Menu", url: "https://example.com/menu" };
    const link = offerOf(interactive({ type: "cta_url", action: { name: "cta_url", parameters } }));
    expect(link.link).toEqual({ title: "Menu", url: "https://example.com/menu" });
  });

  it("links nothing that runs", () => {
    const parameters = { display_text: "Menu", url: "javascript:alert(1)" };
    expect(offerOf(interactive({ type: "cta_url", action: { parameters } })).link).toEqual({
      title: "Menu",
      url: null,
    });
  });
});

describe("a template", () => {
  it("is shown as it was filled in", () => {
    const preview = {
      header: { format: "TEXT", text: "Cedar Bakery" },
      body: "Your bread is ready, Rana",
      footer: "Bye",
      buttons: [{ type: "URL", text: "Track" }],
    };
    expect(templateOf(of({ template: { name: "ready", preview } }))).toEqual({
      name: "ready",
      header: "Cedar Bakery",
      body: "Your bread is ready, Rana",
      footer: "Bye",
      buttons: [{ type: "url", title: "Track" }],
    });
  });

  it("without a preview shows the words there are", () => {
    expect(templateOf(message(1, { content: "words", metadata: { template: { name: "ready" } } })).body).toBe("words");
    expect(templateOf(message(1, { content: "ready", metadata: { template: { name: "ready" } } })).body).toBeNull();
  });
});

it("nothing that comes from outside is believed to have a shape", () => {
  for (const junk of [null, 7, "x", [], [null, 1, "y", []], {}, { type: "button_reply" }, { name: [] }, { rows: {} }]) {
    const metadata = {
      location: junk,
      contacts: [junk, { name: junk, phones: junk, emails: junk, org: junk, vcard: junk }],
      order: { product_items: junk, text: junk },
      interactive: {
        type: "list",
        header: junk,
        body: junk,
        footer: junk,
        action: { buttons: junk, sections: [{ rows: junk }] },
      },
      response: junk,
      button: junk,
      template: { name: junk, preview: { header: junk, body: junk, buttons: junk } },
    };
    for (const read of [placeOf, cardsOf, orderOf, answerOf, offerOf, templateOf]) {
      expect(() => read(of(metadata))).not.toThrow();
      expect(() =>
        read(of({ [Object.keys(metadata)[0] as string]: junk, interactive: junk, order: junk })),
      ).not.toThrow();
    }
  }
});
