/** Joins the parts of live/ for one signed-in operator, and takes them apart again. */
import { ApiError } from "../api/client.ts";
import { eventsAfter } from "../api/pages.ts";
import type { LiveEvent, PollAnswer, Session } from "../api/types.ts";
import { loadChannels } from "./channels.ts";
import { hearColleague, presenceNow, resetColleagues } from "./colleagues.ts";
import { Connection, type ConnectionEvents, type RawFrame, retryDelay } from "./connection.ts";
import { closeDrafts, openDrafts } from "./drafts.ts";
import { Intake, type IntakeHost } from "./intake.ts";
import { closeKept, openKept } from "./kept.ts";
import { Line, Silence } from "./line.ts";
import { askForUnknownCounts, reloadScreen } from "./load.ts";
import { sendWaiting, startOutbox, stopOutbox } from "./outbox.ts";
import { forgetAll, recall, remember } from "./remember.ts";
import { advanceCursor, applyEvent, liveNow, replaceLive, resetScreen, useScreen } from "./store.ts";
import { type TabEvents, Tabs } from "./tabs.ts";
import { Looking } from "./telling.ts";
import { closeUploads, openUploads } from "./uploads.ts";

const REMEMBER_EVERY_MS = 3000;

export class Live {
  readonly #key: string;
  readonly #line = new Line();
  readonly #stopped = new AbortController();
  readonly #intake: Intake;
  readonly #connection: Connection;
  readonly #tabs: Tabs;
  readonly #silence: Silence;
  readonly #looking: Looking;
  readonly #keeper: ReturnType<typeof setInterval>;
  #isLoaded = false;
  #kept = liveNow();

  constructor(
    session: Session,
    private readonly onSignedOut: () => void,
  ) {
    this.#key = `${session.account.account_id}:${session.operator.operator_id}`;
    resetScreen(session.operator.operator_id);
    resetColleagues(session.operator.operator_id);
    this.#intake = new Intake(this.#intakeHost());
    this.#silence = new Silence(() => void this.#intake.catchUp());
    this.#connection = new Connection(this.#connectionEvents());
    this.#tabs = new Tabs(`wasl-live-${this.#key}`, this.#tabEvents());
    this.#looking = new Looking(selectedNow, () => this.#tabs.tellLooking());
    this.#keeper = setInterval(() => this.#keepScreen(), REMEMBER_EVERY_MS);
    this.#listen({ signal: this.#stopped.signal });
  }

  #listen(until: { signal: AbortSignal }): void {
    document.addEventListener("visibilitychange", () => this.#returned(), until);
    document.addEventListener("visibilitychange", () => this.#looking.changed(), until);
    window.addEventListener("online", () => this.#returned(), until);
    window.addEventListener("focus", () => this.#looking.again(), until);
    window.addEventListener("pageshow", () => this.#looking.changed(), until);
    window.addEventListener("pagehide", () => this.#looking.left(), until);
    const unselect = useScreen.subscribe(({ selected }, before) => {
      if (selected?.conversation_id !== before.selected?.conversation_id) this.#looking.changed();
    });
    until.signal.addEventListener("abort", unselect);
  }

  /** Paints what is remembered, loads what is visible, then listens. */
  async start(): Promise<void> {
    openDrafts(this.#key);
    openKept(this.#key);
    openUploads(this.#key);
    void loadChannels();
    startOutbox(this.#key, this.onSignedOut);
    this.#tabs.join();
    const painted = paintRemembered(this.#key, () => this.#isLoaded);
    await this.#intake.reload();
    this.#isLoaded = true;
    await painted;
    if (this.#tabs.isLeader && !this.#stopped.signal.aborted) this.#connection.open();
  }

  /** Closes everything and removes the conversations from this browser; `forget` also what was written but not sent. */
  async stop(forget: boolean): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#keeper);
    this.#intake.stop();
    this.#silence.end();
    this.#line.end();
    this.#looking.end();
    this.#tabs.leave();
    this.#connection.close();
    stopOutbox(forget);
    closeUploads(forget);
    closeDrafts(forget);
    closeKept(forget);
    resetScreen("");
    resetColleagues("");
    await forgetAll();
  }

  tellSignedOut(): void {
    this.#tabs.tellSignedOut();
  }

  #intakeHost(): IntakeHost {
    return {
      cursor: () => liveNow().cursor,
      apply: (event) => {
        applyEvent(event);
        askWhenCountIsUnknown(event);
      },
      advance: advanceCursor,
      poll: readLog,
      reload: reloadScreen,
      busy: (busy) => this.#line.tell({ busy }),
      mayRetry: (reason) => {
        if (!(reason instanceof ApiError)) throw reason;
        if (reason.status === 401) this.onSignedOut();
        return reason.status !== 401;
      },
      pause: (attempt) => new Promise((resolve) => setTimeout(resolve, retryDelay(attempt))),
    };
  }

  #connectionEvents(): ConnectionEvents {
    return {
      cursor: () => liveNow().cursor,
      frame: (frame) => {
        this.#tabs.pass(frame);
        this.#receive(frame);
      },
      link: (open) => {
        this.#tabs.tellLink(open);
        this.#linkChanged(open);
      },
      // Asking for what is missing also tells whether the session still holds.
      refused: () => void this.#intake.catchUp(),
    };
  }

  #tabEvents(): TabEvents {
    return {
      lead: () => this.#isLoaded && this.#connection.open(),
      frame: (frame) => this.#receive(frame),
      link: (open) => this.#linkChanged(open),
      asked: () => {
        this.#tabs.tellLink(this.#connection.isOpen);
        const { event, data } = presenceNow();
        this.#tabs.pass({ event, id: null, data: JSON.stringify(data) });
      },
      elsewhere: () => this.#looking.elsewhere(),
      signedOut: this.onSignedOut,
    };
  }

  #receive(frame: RawFrame): void {
    this.#silence.broken();
    const event = { event: frame.event, id: frame.id, data: JSON.parse(frame.data) };
    // What is told in passing has no place in the log: it may come at any time, and waits for nothing.
    if (!hearColleague(event)) this.#intake.take(event);
  }

  #linkChanged(open: boolean): void {
    this.#line.tell({ open });
    if (!open) return;
    void loadChannels();
    sendWaiting();
    this.#looking.again();
  }

  /** The tab is looked at again, or the network is back: whatever was missed meanwhile is asked for at once. */
  #returned(): void {
    if (document.visibilityState !== "visible") return;
    if (this.#tabs.isLeader && this.#isLoaded) this.#connection.hurry();
    void this.#intake.catchUp();
    sendWaiting();
  }

  #keepScreen(): void {
    const screen = useScreen.getState();
    if (!this.#isLoaded || screen.live === this.#kept) return;
    this.#kept = screen.live;
    void remember(this.#key, screen);
  }
}

function selectedNow(): string | null {
  return useScreen.getState().selected?.conversation_id ?? null;
}

async function paintRemembered(key: string, isLoaded: () => boolean): Promise<void> {
  const remembered = await recall(key);
  if (remembered && !isLoaded() && liveNow().order.length === 0) replaceLive(remembered.live, remembered.views);
}

function askWhenCountIsUnknown(event: LiveEvent): void {
  const id = event.data.conversation_id as string;
  if (liveNow().conversations[id]?.unread_count === null) askForUnknownCounts();
}

/** A cursor that the server cannot read any more is no reason to stop: the screen is loaded anew. */
async function readLog(after: string): Promise<PollAnswer> {
  try {
    return await eventsAfter(after);
  } catch (reason) {
    const refused = reason instanceof ApiError && [400, 404, 410, 422].includes(reason.status);
    if (!refused) throw reason;
    return { events: [], cursor: after, has_more: false, resync: { reason: "cursor", sequence: 0, tag: "" } };
  }
}
