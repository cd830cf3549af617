/** Holds the event stream open: one EventSource, its watchdog, and the loop that opens it again. */
import { EVENTS_URL } from "../api/pages.ts";

/** A frame as it came, text still unread, so that tabs can hand it on unchanged. */
export interface RawFrame {
  event: string;
  id: string | null;
  data: string;
}

export interface ConnectionEvents {
  cursor(): string | null;
  frame(frame: RawFrame): void;
  link(open: boolean): void;
  /** The server ended the stream instead of the network: the session may be over. */
  refused(): void;
}

const KINDS = [
  "connected",
  "conversations",
  "new_conversation",
  "new_message",
  "message_updated",
  "conversation_updated",
  "resync",
  "heartbeat",
  "bye",
  "typing",
  "presence",
];
const RETRY_SECONDS_MIN = 1;
const RETRY_SECONDS_MAX = 10;
/** A stream that is silent for this many heartbeats is dead, whatever the browser believes. */
const SILENT_HEARTBEATS_MAX = 2.5;
const HEARTBEAT_SECONDS_EXPECTED = 15;

/** Doubles from 1 s; up to half of it more, 10 s at most, keeps a crowd of tabs from returning in the same instant. */
export function retryDelay(attempt: number, random = Math.random()): number {
  const seconds = Math.min(RETRY_SECONDS_MAX / 1.5, RETRY_SECONDS_MIN * 2 ** attempt);
  return seconds * (1 + random / 2) * 1000;
}

export class Connection {
  #source: EventSource | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #heartbeatSeconds = HEARTBEAT_SECONDS_EXPECTED;
  #saidBye = false;
  #isOpen = false;

  constructor(private readonly events: ConnectionEvents) {}

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#drop();
    const cursor = this.events.cursor();
    const source = new EventSource(cursor ? `${EVENTS_URL}?cursor=${encodeURIComponent(cursor)}` : EVENTS_URL);
    this.#source = source;
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.#receive(kind, event as MessageEvent));
    source.onopen = () => this.#watch();
    source.onerror = () => this.#failed(source);
    this.#watch();
  }

  /** Opens at once what waits for its next attempt, for example when the network is back. */
  hurry(): void {
    if (this.#isOpen) return;
    this.#attempt = 0;
    this.open();
  }

  close(): void {
    this.#drop();
    this.#report(false);
  }

  #receive(kind: string, event: MessageEvent): void {
    if (kind === "bye") this.#saidBye = true;
    if (kind === "connected") {
      this.#attempt = 0;
      this.#saidBye = false;
      this.#heartbeatSeconds = JSON.parse(event.data).heartbeat_seconds || HEARTBEAT_SECONDS_EXPECTED;
      this.#report(true);
    }
    // Only now: how long a silence may last is what `connected` has just said.
    this.#watch();
    this.events.frame({ event: kind, id: event.lastEventId || null, data: event.data });
  }

  #failed(source: EventSource): void {
    if (source !== this.#source) return;
    this.#report(false);
    const refused = source.readyState === EventSource.CLOSED;
    // After a `bye` the browser itself waits as long as the server asked and returns with Last-Event-ID: once.
    if (this.#saidBye && !refused) {
      this.#saidBye = false;
      return;
    }
    this.#drop();
    this.#retry = setTimeout(() => this.open(), retryDelay(this.#attempt));
    this.#attempt += 1;
    if (refused) this.events.refused();
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(
      () => {
        this.#report(false);
        this.open();
      },
      this.#heartbeatSeconds * SILENT_HEARTBEATS_MAX * 1000,
    );
  }

  #drop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#watchdog);
    this.#source?.close();
    this.#source = null;
  }

  #report(open: boolean): void {
    if (open === this.#isOpen) return;
    this.#isOpen = open;
    this.events.link(open);
  }
}
