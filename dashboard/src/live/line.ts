/** How the line to the server stands: what the truth bar says, and when silence is too long. */
import { useScreen } from "./store.ts";

/** A short cut is nobody's business; only then the screen says that it is offline. */
const OFFLINE_AFTER_MS = 5000;
/** A follower whose leader is silent for this long reads the log itself. */
const SILENT_LEADER_MS = 40_000;

/** Says how the line stands: live, catching up, or, after five seconds, offline. */
export class Line {
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
export class Silence {
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
