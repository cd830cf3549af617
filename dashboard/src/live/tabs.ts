/** One stream for all tabs: the tab that holds the lock leads and hands every frame on, unchanged. */
import type { RawFrame } from "./connection.ts";

export type TabMessage =
  | { kind: "frame"; frame: RawFrame }
  | { kind: "link"; open: boolean }
  | { kind: "who" }
  | { kind: "looking" }
  | { kind: "signed-out" };

export interface TabEvents {
  lead(): void;
  frame(frame: RawFrame): void;
  link(open: boolean): void;
  /** Another tab asks the leader how the stream stands. */
  asked(): void;
  /** The person looks at another tab now. */
  elsewhere(): void;
  signedOut(): void;
}

export class Tabs {
  #channel: BroadcastChannel | null = null;
  #stop = new AbortController();
  isLeader = false;

  constructor(
    private readonly name: string,
    private readonly events: TabEvents,
  ) {}

  join(): void {
    // Plain HTTP has no locks: tabs cannot agree on a leader, so each has a stream of its own.
    if (!navigator.locks || typeof BroadcastChannel === "undefined") {
      this.#lead();
      return;
    }
    this.#channel = new BroadcastChannel(this.name);
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#hear(data);
    this.#say({ kind: "who" });
    navigator.locks
      .request(this.name, { signal: this.#stop.signal }, () => this.#leadUntilStopped())
      .catch(() => {
        // The only way to fail is being stopped while waiting.
      });
  }

  leave(): void {
    this.#stop.abort();
    this.#channel?.close();
    this.#channel = null;
    this.isLeader = false;
  }

  pass(frame: RawFrame): void {
    this.#say({ kind: "frame", frame });
  }

  tellLink(open: boolean): void {
    this.#say({ kind: "link", open });
  }

  tellLooking(): void {
    this.#say({ kind: "looking" });
  }

  tellSignedOut(): void {
    this.#say({ kind: "signed-out" });
  }

  #leadUntilStopped(): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    this.#lead();
    return new Promise((release) => this.#stop.signal.addEventListener("abort", () => release()));
  }

  #lead(): void {
    this.isLeader = true;
    this.events.lead();
  }

  #hear(message: TabMessage): void {
    if (message.kind === "signed-out") this.events.signedOut();
    else if (message.kind === "looking") this.events.elsewhere();
    else if (message.kind === "who") this.isLeader && this.events.asked();
    else if (this.isLeader) return;
    else if (message.kind === "frame") this.events.frame(message.frame);
    else this.events.link(message.open);
  }

  #say(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
