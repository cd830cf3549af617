import { act, fireEvent, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { button, choose, open, photo, sent, server, stage, transfers } from "../house/composer-stage.tsx";
import { cloud, offer, template } from "../house/offers.ts";
import { uploaded } from "../house/transfers.ts";
import { useLanguage } from "../i18n/index.ts";
import { messageOf } from "./interactive-form.tsx";

stage();

describe("forms", () => {
  beforeEach(() => {
    offer(cloud);
    open();
  });

  it("send a place only when there is one", async () => {
    await choose("location");
    const point = await screen.findByTestId("location-point");
    fireEvent.change(point, { target: { value: "somewhere" } });
    expect(point.getAttribute("aria-invalid")).toBe("true");
    expect(button("form-send").disabled).toBe(true);
    fireEvent.change(point, { target: { value: "33.9, 35.5" } });
    fireEvent.submit(point);
    expect(sent()).toMatchObject([{ message_type: "location", location: { latitude: 33.9, longitude: 35.5 } }]);
    expect(screen.queryByTestId("location-form")).toBeNull();
  });

  it("send several cards, each with a name", async () => {
    await choose("contacts");
    fireEvent.change(await screen.findByTestId("contact-name"), { target: { value: "Rami Haddad" } });
    fireEvent.change(screen.getByTestId("contact-phone"), { target: { value: "what?" } });
    expect(button("form-send").disabled).toBe(true);
    fireEvent.change(screen.getByTestId("contact-phone"), { target: { value: "+961 3 1" } });
    fireEvent.click(button("contact-add"));
    expect(button("form-send").disabled).toBe(true);
    fireEvent.change(screen.getAllByTestId("contact-name")[1] as Element, { target: { value: "Lina" } });
    fireEvent.click(button("form-send"));
    expect(sent()[0].contacts).toMatchObject([
      {
        name: { formatted_name: "Rami Haddad", first_name: "Rami", last_name: "Haddad" },
        phones: [{ phone: "+961 3 1" }],
      },
      { name: { formatted_name: "Lina" }, phones: [] },
    ]);
  });

  it("find a template, fill it, show it, and send it with its values", async () => {
    const told = {
      templates: [template, { ...template, name: "bye", usable: false, status: "paused" }],
      synced_at: null,
    };
    server.mockImplementation((url) =>
      url.includes("/templates") ? Promise.resolve(new Response(JSON.stringify(told))) : new Promise(() => {}),
    );
    await choose("template");
    const found = await screen.findAllByTestId<HTMLButtonElement>("template");
    expect(found.map(({ disabled }) => disabled)).toEqual([false, true]);
    fireEvent.click(found[0] as Element);
    expect(button("form-send").disabled).toBe(true);
    fireEvent.change(screen.getByTestId("gap-body-first_name"), { target: { value: "Rana" } });
    fireEvent.change(screen.getByTestId("gap-buttons-0"), { target: { value: "bread" } });
    expect(screen.getByTestId("template-preview").textContent).toContain("New for you, Rana");
    fireEvent.click(button("form-send"));
    expect(sent()).toMatchObject([
      {
        message_type: "template",
        template: { name: "new_arrivals", language: "en", body: { first_name: "Rana" }, buttons: { "0": "bread" } },
      },
    ]);
  });
});

it("templates that cannot be asked for say why in the page's language", async () => {
  server.mockImplementation((url) =>
    url.endsWith("/refresh")
      ? Promise.resolve(new Response(JSON.stringify({ code: "templates_not_listed", error: "No." }), { status: 409 }))
      : Promise.resolve(new Response(JSON.stringify({ templates: [], synced_at: null }))),
  );
  offer(cloud);
  open();
  await choose("template");
  fireEvent.click(await screen.findByTestId("template-refresh"));
  expect((await screen.findByRole("alert")).textContent).toBe("No.");
  act(() => useLanguage.setState({ language: "ar" }));
  expect(screen.getByRole("alert").textContent).toMatch(/واتساب/);
});

describe("a template that begins with a file", () => {
  const choosePicture = () => fireEvent.change(screen.getByTestId("choose-header"), { target: { files: [photo()] } });
  beforeEach(async () => {
    const told = { templates: [{ ...template, wants_file: "image", buttons: [] }], synced_at: null };
    server.mockImplementation((url) =>
      url.includes("/templates") ? Promise.resolve(new Response(JSON.stringify(told))) : new Promise(() => {}),
    );
    offer(cloud);
    open();
    await choose("template");
    fireEvent.click(await screen.findByTestId("template"));
    fireEvent.change(screen.getByTestId("gap-body-first_name"), { target: { value: "Rana" } });
    choosePicture();
  });

  it("waits until the file is there, and says so", async () => {
    expect(button("form-send").disabled).toBe(true);
    expect(screen.getByTestId("header-coming").textContent).toContain("once the file is uploaded");
    await act(async () => transfers[0]?.answer(200, { upload: uploaded("up_1") }));
    expect(screen.queryByTestId("header-coming")).toBeNull();
    fireEvent.click(button("form-send"));
    expect(sent()).toMatchObject([{ message_type: "template", upload_id: "up_1" }]);
  });

  it("keeps what was filled in when the file turns out to be of another kind", async () => {
    await act(async () => transfers[0]?.answer(200, { upload: uploaded("up_1", { kind: "document" }) }));
    expect(screen.getByTestId("header-unfit")).toBeDefined();
    expect(button("form-send").disabled).toBe(true);
    fireEvent.click(button("tray-remove"));
    choosePicture();
    await act(async () => transfers[1]?.answer(200, { upload: uploaded("up_2") }));
    fireEvent.click(button("form-send"));
    expect(sent()).toMatchObject([{ upload_id: "up_2", template: { body: { first_name: "Rana" } } }]);
  });
});

describe("a choice", () => {
  const row = (title: string, description = "") => ({ id: title, title, description });
  const blank = { header: "", body: "When?", footer: "", buttons: [], listButton: "Choose", rows: [] };
  const asked = { ...blank, linkText: "", url: "" };

  it("has different buttons within WhatsApp's bounds", () => {
    expect(messageOf("button", { ...asked, buttons: [row(" Today "), row(""), row("Later")] })).toEqual({
      kind: "button",
      body: "When?",
      buttons: [
        { id: "button_1", title: "Today" },
        { id: "button_2", title: "Later" },
      ],
    });
    for (const buttons of [[], [row("")], [row("a"), row("a")], [row("x".repeat(21))]])
      expect(messageOf("button", { ...asked, buttons })).toBeNull();
    expect(messageOf("button", { ...asked, body: "  ", buttons: [row("a")] })).toBeNull();
  });

  it("has rows that a button opens", () => {
    const rows = [row("Bread", "every day"), row("Cake")];
    expect(messageOf("list", { ...asked, rows })?.list).toEqual({
      button: "Choose",
      sections: [
        {
          rows: [
            { id: "row_1", title: "Bread", description: "every day" },
            { id: "row_2", title: "Cake" },
          ],
        },
      ],
    });
    expect(messageOf("list", { ...asked, rows, listButton: "" })).toBeNull();
    expect(messageOf("list", { ...asked, rows: [row("", "only this")] })).toBeNull();
    expect(messageOf("list", { ...asked, rows: [row("Bread", "x".repeat(73))] })).toBeNull();
  });

  it("has a link that is one", () => {
    const link = { ...asked, linkText: "See", url: "https://cedar.example/x" };
    expect(messageOf("cta_url", link)?.cta).toEqual({ text: "See", url: "https://cedar.example/x" });
    for (const url of ["", "cedar.example", "javascript:alert(1)", "https://", "https://x y.com"])
      expect(messageOf("cta_url", { ...link, url })).toBeNull();
  });
});
