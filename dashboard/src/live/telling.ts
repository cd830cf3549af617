/** Lets the colleagues know that this person types, and where they look. Nothing is lost when it does not arrive. */
import { ApiError } from "../api/client.ts";
import { tellTyping, tellViewing } from "../api/pages.ts";
import type { Selection } from "../api/types.ts";

/** Screens forget a typist after six seconds; while keys are pressed it is said again this often. */
const TYPING_EVERY_MS = 2500;
/** Whoever walks through the list with the arrow keys looks at none of what is passed. */
const LOOK_AFTER_MS = 200;
/** The tab that comes to the front speaks first. */
const LOOK_AWAY_AFTER_MS = 600;

let typed: { selection: Selection; at: number } | null = null;

/** A key was pressed, and something stands in the composer. */
export function typingOn(selection: Selection): void {
  const now = Date.now();
  const isSame = typed?.selection.conversation_id === selection.conversation_id;
  if (typed && isSame && now - typed.at < TYPING_EVERY_MS) return;
  typed = { selection, at: now };
  inPassing(tellTyping(selection.conversation_id, selection.user_id, true));
}

/** The composer was emptied, sent or left. */
export function typingOver(conversation_id: string): void {
  if (typed?.selection.conversation_id !== conversation_id) return;
  const { selection } = typed;
  typed = null;
  inPassing(tellTyping(selection.conversation_id, selection.user_id, false));
}

/** Tells which conversation is looked at in this tab. Of several tabs the one that was turned to last counts. */
export class Looking {
  /** What the server was told from here; undefined when it has to be told whatever it is. */
  #told: string | null | undefined = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly selected: () => string | null,
    /** Tells the other tabs that this one has spoken. */
    private readonly claim: () => void,
  ) {}

  /** Another conversation is selected, or the tab is shown or hidden. */
  changed(): void {
    clearTimeout(this.#timer);
    const isShown = document.visibilityState === "visible";
    this.#timer = setTimeout(
      () => this.#tell(isShown ? this.selected() : null),
      isShown ? LOOK_AFTER_MS : LOOK_AWAY_AFTER_MS,
    );
  }

  /** The server may not know what it was told, or somebody turned to this window again. */
  again(): void {
    if (document.visibilityState !== "visible") return;
    this.#told = undefined;
    this.changed();
  }

  /** Another tab of this browser speaks now. */
  elsewhere(): void {
    this.#told = null;
    clearTimeout(this.#timer);
  }

  /** The page is left, perhaps for ever. */
  left(): void {
    clearTimeout(this.#timer);
    this.#tell(null);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #tell(conversation_id: string | null): void {
    if (conversation_id === this.#told) return;
    this.#told = conversation_id;
    this.claim();
    inPassing(tellViewing(conversation_id));
  }
}

function inPassing(said: Promise<unknown>): void {
  said.catch((reason: unknown) => {
    if (!(reason instanceof ApiError)) throw reason;
  });
}
