import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client.ts";
import { fakeUploads } from "../house/transfers.ts";
import { changeDraft, draftOf } from "../live/drafts.ts";
import { attachFile, itemOf } from "../live/uploads.ts";
import { queries } from "./queries.ts";
import { resumeSession, signIn, signOut, useSession } from "./session.ts";

const SESSION = {
  operator: { operator_id: "1", name: "Sara", email: "sara@cedar.example", role: "owner", status: "available" },
  account: { account_id: "1", name: "Cedar Bakery" },
  expires_at: "2027-01-15T20:00:00Z",
};

/** Answers the session's calls; everything else never comes back. */
function serverSays(session: (method: string) => [number, object]) {
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    if (url !== "/api/session") return new Promise(() => {});
    const [status, body] = session(init.method ?? "GET");
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
}
const everything = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);

beforeEach(() => {
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {}
      close() {}
    },
  );
  useSession.setState({ standing: "unknown", session: null, ended: false });
});
afterEach(async () => {
  serverSays(() => [200, { success: true }]);
  await signOut();
  vi.unstubAllGlobals();
});

describe("a session", () => {
  it("begins with the login, and keeps no token", async () => {
    serverSays(() => [200, { success: true, token: "very-secret", ...SESSION }]);
    await signIn("sara@cedar.example", "pass-word");
    expect(useSession.getState()).toMatchObject({ standing: "in", session: SESSION });
    expect(everything()).not.toMatch(/very-secret|pass-word/);
  });

  it("refuses a wrong login with the server's word", async () => {
    serverSays(() => [401, { success: false, error: "No.", code: "wrong_login" }]);
    await expect(signIn("sara@cedar.example", "x")).rejects.toMatchObject(new ApiError(401, "wrong_login", "No."));
    expect(useSession.getState().standing).toBe("unknown");
  });

  it("paints from what is kept before the server has answered, and ends when it says so", async () => {
    localStorage.setItem("wasl.session", JSON.stringify(SESSION));
    serverSays(() => [401, { success: false, error: "Over.", code: "not_signed_in" }]);
    const resumed = resumeSession();
    expect(useSession.getState().standing).toBe("in");
    await resumed;
    expect(useSession.getState()).toMatchObject({ standing: "out", ended: true });
  });

  it("says nothing of an end to somebody who was never there", async () => {
    serverSays(() => [401, { success: false, error: "Who?", code: "not_signed_in" }]);
    await resumeSession();
    expect(useSession.getState()).toMatchObject({ standing: "out", ended: false });
  });

  it("leaves nothing behind when it is ended by hand", async () => {
    serverSays((method) => [200, method === "DELETE" ? { success: true } : { success: true, ...SESSION }]);
    await signIn("sara@cedar.example", "x");
    changeDraft("c1", { text: "half a thought" });
    await signOut();
    expect(everything()).not.toMatch(/Sara|half a thought/);
    expect(draftOf("c1").text).toBe("");
  });

  it("shows the next operator nothing that was read for the one before", async () => {
    let operator = SESSION.operator;
    serverSays((method) => [200, method === "DELETE" ? { success: true } : { success: true, ...SESSION, operator }]);
    await signIn("sara@cedar.example", "x");
    queries.setQueryData(["conversations of", "7"], { merges: ["Rana is Rami"] });
    await resumeSession();
    expect(queries.getQueryCache().getAll()).toHaveLength(1);
    await signOut();
    expect(queries.getQueryCache().getAll()).toEqual([]);
    await signIn("sara@cedar.example", "x");
    queries.setQueryData(["conversations of", "7"], { merges: ["Rana is Rami"] });
    operator = { ...operator, operator_id: "2", name: "Omar" };
    await signIn("omar@cedar.example", "x");
    expect(queries.getQueryCache().getAll()).toEqual([]);
  });

  it("keeps files for the same operator when it merely runs out, and for nobody else", async () => {
    let operator = SESSION.operator;
    serverSays((method) =>
      method === "POST" ? [200, { success: true, ...SESSION, operator }] : [401, { code: "not_signed_in" }],
    );
    const transfers = fakeUploads();
    await signIn("sara@cedar.example", "x");
    const id = attachFile("c1", new Blob(["x"]), "bread.jpg", { place: "tray", kind: "image" });
    await resumeSession();
    expect(transfers[0]?.isAborted).toBe(true);
    await signIn("sara@cedar.example", "x");
    expect(itemOf(id)?.state).toBe("uploading");
    await resumeSession();
    operator = { ...operator, operator_id: "2" };
    await signIn("omar@cedar.example", "x");
    expect(itemOf(id)).toBeUndefined();
  });

  it("keeps a half-written answer when it merely runs out", async () => {
    serverSays((method) =>
      method === "POST" ? [200, { success: true, ...SESSION }] : [401, { code: "not_signed_in" }],
    );
    await signIn("sara@cedar.example", "x");
    changeDraft("c1", { text: "half a thought" });
    await resumeSession();
    expect(useSession.getState().ended).toBe(true);
    expect(draftOf("c1").text).toBe("");
    await signIn("sara@cedar.example", "x");
    expect(draftOf("c1").text).toBe("half a thought");
  });
});
