/** Lets events in, in order and once: fills gaps from the log, and waits while the screen is loaded anew. */
import type { LiveEvent, PollAnswer } from "../api/types.ts";
import { sequenceOf, standing } from "./cursor.ts";

export interface IntakeHost {
  cursor(): string | null;
  /** Applies one event that is next in line. */
  apply(event: LiveEvent): void;
  /** Moves the cursor over what this operator may not see. */
  advance(cursor: string): void;
  poll(after: string): Promise<PollAnswer>;
  /** Loads what is visible anew, after continuity could not be proven. */
  reload(): Promise<void>;
  busy(busy: boolean): void;
  /** True when the failure may pass; false ends the attempt. */
  mayRetry(reason: unknown): boolean;
  pause(attempt: number): Promise<void>;
}

/** More than this is cheaper to load anew than to keep waiting. */
const WAITING_EVENTS_MAX = 5000;

export class Intake {
  #waiting: LiveEvent[] = [];
  #busy = false;
  #stopped = false;
  #reloadWanted = false;

  constructor(private readonly host: IntakeHost) {}

  stop(): void {
    this.#stopped = true;
  }

  take(event: LiveEvent): void {
    if (event.event === "resync") void this.reload();
    else if (this.#busy) this.#keep(event);
    else this.#admit(event);
  }

  /** Asks the log for everything after the cursor. Harmless when nothing is missing. */
  catchUp(): Promise<void> {
    return this.#exclusively(() => this.#readLog());
  }

  reload(): Promise<void> {
    // What waits now was numbered before the resync, perhaps by a history that no longer exists.
    this.#waiting = [];
    if (this.#busy) {
      this.#reloadWanted = true;
      return Promise.resolve();
    }
    return this.#exclusively(() => this.#loadAnew());
  }

  /** What was heard before the server is asked is in its answer, or of a history that no longer exists. */
  #loadAnew(): Promise<void> {
    this.#waiting = [];
    return this.host.reload();
  }

  #admit(event: LiveEvent): void {
    const stand = standing(this.host.cursor(), event.data);
    if (stand === "next") this.host.apply(event);
    if (stand === "gap") {
      this.#keep(event);
      void this.catchUp();
    }
  }

  #keep(event: LiveEvent): void {
    if (this.#waiting.length < WAITING_EVENTS_MAX) this.#waiting.push(event);
    else this.#reloadWanted = true;
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    this.host.busy(true);
    await this.#untilDone(work);
    while (this.#reloadWanted && !this.#stopped) {
      this.#reloadWanted = false;
      await this.#untilDone(() => this.#loadAnew());
    }
    this.#busy = false;
    this.host.busy(false);
    this.#drain();
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    for (let attempt = 0; !this.#stopped; attempt += 1) {
      try {
        return await work();
      } catch (reason) {
        if (!this.host.mayRetry(reason)) return this.stop();
        await this.host.pause(attempt);
      }
    }
  }

  async #readLog(): Promise<void> {
    for (;;) {
      const after = this.host.cursor();
      if (this.#stopped || after === null) return;
      const answer = await this.host.poll(after);
      if (answer.resync) {
        this.#reloadWanted = true;
        return;
      }
      for (const event of answer.events) {
        if (standing(this.host.cursor(), event.data) === "next") this.host.apply(event);
      }
      this.host.advance(answer.cursor);
      if (!answer.has_more) return this.#checkProgress(after);
    }
  }

  /** The log was read to its end; if the waiting events still do not join, something is wrong that only a reload mends. */
  #checkProgress(before: string): void {
    const first = this.#waiting.find((event) => standing(this.host.cursor(), event.data) === "gap");
    if (first && sequenceOf(this.host.cursor()) <= sequenceOf(before)) this.#reloadWanted = true;
  }

  #drain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const event of waiting) this.take(event);
  }
}
