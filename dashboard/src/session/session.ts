/** Who is signed in. The cookie decides; what is kept here only lets the last screen paint before the server has answered. */
import { create } from "zustand";
import { ApiError } from "../api/client.ts";
import { currentSession, logIn, logOut } from "../api/pages.ts";
import type { OperatorStatus, Session } from "../api/types.ts";
import { Live } from "../live/start.ts";
import { queries } from "./queries.ts";

type Standing = "unknown" | "in" | "out";
interface SessionState {
  standing: Standing;
  session: Session | null;
  /** True when the session ended by itself, so that the login page says why it is there. */
  ended: boolean;
}

const STORAGE_KEY = "wasl.session";
/** Without a network the session is asked for again this often. */
const RETRY_MS = 3000;

export const useSession = create<SessionState>()(() => ({ standing: "unknown", session: null, ended: false }));

let live: Live | null = null;

/** Paints what the last session left, while the server is asked whether it still holds. */
export async function resumeSession(): Promise<void> {
  const kept = localStorage.getItem(STORAGE_KEY);
  if (kept) enter(JSON.parse(kept) as Session);
  for (;;) {
    try {
      return enter(await currentSession());
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      if (reason.status === 401) return leave(kept !== null);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (useSession.getState().standing === "out") return;
    }
  }
}

/** Throws the ApiError of a refused login. */
export async function signIn(email: string, password: string): Promise<void> {
  enter(await logIn(email, password));
}

export async function signOut(): Promise<void> {
  live?.tellSignedOut();
  await logOut().catch((reason: unknown) => {
    // Without a network the cookie stays until it ends; this browser forgets everything all the same.
    if (!(reason instanceof ApiError)) throw reason;
  });
  leave(false);
}

export function changeOwnStatus(status: OperatorStatus): void {
  const { session } = useSession.getState();
  if (session) keep({ ...session, operator: { ...session.operator, status } });
}

function enter(session: Session): void {
  const before = useSession.getState().session;
  keep(session);
  if (before && samePerson(before, session) && live) return;
  void live?.stop(true);
  queries.clear();
  live = new Live(session, () => leave(true));
  void live.start();
}

function leave(ended: boolean): void {
  if (useSession.getState().standing === "out") return;
  localStorage.removeItem(STORAGE_KEY);
  void live?.stop(!ended);
  queries.clear();
  live = null;
  useSession.setState({ standing: "out", session: null, ended });
}

function keep({ operator, account, expires_at }: Session): void {
  // Only these three: a token in the answer has no business in storage.
  const session = { operator, account, expires_at };
  localStorage.setItem(STORAGE_KEY, JSON.stringify(session));
  useSession.setState({ standing: "in", session, ended: false });
}

function samePerson(one: Session, other: Session): boolean {
  return one.operator.operator_id === other.operator.operator_id && one.account.account_id === other.account.account_id;
}
