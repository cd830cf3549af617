/** Joins the parts of live/ for one signed-in operator, and takes them apart again. */
import { ApiError } from "../api/client.ts";
import { eventsAfter } from "../api/pages.ts";
import type { LiveEvent, PollAnswer, Session } from "../api/types.ts";
import { Connection, type RawFrame, retryDelay } from "./connection.ts";
import { closeDrafts, openDrafts } from "./drafts.ts";
import { Intake } from "./intake.ts";
import { askForUnknownCounts, reloadScreen } from "./load.ts";
import { sendWaiting, startOutbox, stopOutbox } from "./outbox.ts";
import { forgetAll, recall, remember } from "./remember.ts";
import { advanceCursor, applyEvent, liveNow, replaceLive, resetScreen, useScreen } from "./store.ts";
import { Tabs } from "./tabs.ts";

/** A short cut is nobody's business; only then the screen says that it is offline. */
const OFFLINE_AFTER_MS = 5000;
const REMEMBER_EVERY_MS = 3000;
/** A follower whose leader is silent for this long reads the log itself. */
const SILENT_LEADER_MS = 40_000;

export interface Live {
  /** Closes everything and removes the conversations from this browser; `forget` also what was written but not sent. */
  stop(forget: boolean): Promise<void>;
  tellSignedOut(): void;
}

export function startLive(session: Session, onSignedOut: () => void): Live {
  const key = `${session.account.account_id}:${session.operator.operator_id}`;
  resetScreen(session.operator.operator_id);
  const line = new Line();
  let isLoaded = false;

  const intake = new Intake({
    cursor: () => liveNow().cursor,
    apply: (event) => {
      applyEvent(event);
      askWhenCountIsUnknown(event);
    },
    advance: advanceCursor,
    poll: readLog,
    reload: reloadScreen,
    busy: (busy) => line.tell({ busy }),
    mayRetry: (reason) => {
      if (!(reason instanceof ApiError)) throw reason;
      if (reason.status === 401) onSignedOut();
      return reason.status !== 401;
    },
    pause: (attempt) => new Promise((resolve) => setTimeout(resolve, retryDelay(attempt))),
  });

  const silence = new Silence(() => void intake.catchUp());
  const receive = (frame: RawFrame) => {
    silence.broken();
    intake.take(eventOf(frame));
  };
  const linkChanged = (open: boolean) => {
    line.tell({ open });
    if (open) sendWaiting();
  };
  const connection = new Connection({
    cursor: () => liveNow().cursor,
    frame: (frame) => {
      tabs.pass(frame);
      receive(frame);
    },
    link: (open) => {
      tabs.tellLink(open);
      linkChanged(open);
    },
    refused: () => void intake.catchUp(),
  });
  const tabs = new Tabs(`wasl-live-${key}`, {
    lead: () => isLoaded && connection.open(),
    frame: receive,
    link: linkChanged,
    asked: () => tabs.tellLink(connection.isOpen),
    signedOut: onSignedOut,
  });

  const returned = () => {
    if (document.visibilityState !== "visible") return;
    if (tabs.isLeader) connection.hurry();
    void intake.catchUp();
    sendWaiting();
  };
  const stopped = new AbortController();
  document.addEventListener("visibilitychange", returned, { signal: stopped.signal });
  window.addEventListener("online", returned, { signal: stopped.signal });
  let kept = liveNow();
  const keeper = setInterval(() => {
    const screen = useScreen.getState();
    if (!isLoaded || screen.live === kept) return;
    kept = screen.live;
    void remember(key, screen);
  }, REMEMBER_EVERY_MS);

  async function begin(): Promise<void> {
    openDrafts(key);
    startOutbox(key, onSignedOut);
    tabs.join();
    const painted = paintRemembered(key, () => isLoaded);
    await intake.reload();
    isLoaded = true;
    await painted;
    if (tabs.isLeader && !stopped.signal.aborted) connection.open();
  }
  void begin();

  return {
    async stop(forget) {
      stopped.abort();
      clearInterval(keeper);
      intake.stop();
      silence.end();
      line.end();
      tabs.leave();
      connection.close();
      stopOutbox(forget);
      closeDrafts(forget);
      resetScreen("");
      await forgetAll();
    },
    tellSignedOut: () => tabs.tellSignedOut(),
  };
}

async function paintRemembered(key: string, isLoaded: () => boolean): Promise<void> {
  const remembered = await recall(key);
  if (remembered && !isLoaded() && liveNow().order.length === 0) replaceLive(remembered.live, remembered.views);
}

function eventOf(frame: RawFrame): LiveEvent {
  return { event: frame.event, id: frame.id, data: JSON.parse(frame.data) };
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

/** Says how the line stands: live, catching up, or, after five seconds, offline. */
class Line {
  #open = false;
  #busy = true;
  #offline: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#wait();
  }

  tell({ open = this.#open, busy = this.#busy }: { open?: boolean; busy?: boolean }): void {
    const wasOpen = this.#open;
    this.#open = open;
    this.#busy = busy;
    if (open) {
      clearTimeout(this.#offline);
      this.#offline = undefined;
      useScreen.setState({ phase: busy ? "catching-up" : "live" });
    } else if (wasOpen) {
      useScreen.setState({ phase: "catching-up" });
      this.#wait();
    }
  }

  end(): void {
    clearTimeout(this.#offline);
  }

  #wait(): void {
    clearTimeout(this.#offline);
    this.#offline = setTimeout(() => useScreen.setState({ phase: "offline" }), OFFLINE_AFTER_MS);
  }
}

/** Calls out when no frame came for too long. */
class Silence {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly call: () => void) {
    this.broken();
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.broken();
      this.call();
    }, SILENT_LEADER_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
