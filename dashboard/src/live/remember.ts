/** The last screen of each operator in IndexedDB, so that the next start paints before the first answer. */
import type { LiveState } from "./state.ts";
import type { View } from "./views.ts";

export interface Remembered {
  live: LiveState;
  views: Record<string, View>;
}

const DATABASE = "wasl";
const STORE = "screens";
const CONVERSATIONS_MAX = 200;
const THREADS_MAX = 30;
const MESSAGES_MAX = 50;

/** Undefined when nothing is kept, or this browser keeps nothing. */
export async function recall(key: string): Promise<Remembered | undefined> {
  return await inStore<Remembered | undefined>("readonly", (store) => store.get(key));
}

export async function remember(key: string, screen: Remembered): Promise<void> {
  await inStore("readwrite", (store) => store.put(excerpt(screen), key));
}

export async function forgetAll(): Promise<void> {
  await inStore("readwrite", (store) => store.clear());
}

/** What is worth keeping: the top of the plain list, and the newest messages of the conversations in it. */
export function excerpt({ live, views }: Remembered): Remembered {
  const order = live.order.slice(0, CONVERSATIONS_MAX);
  const withThread = order.filter((id) => live.threads[id]?.fetched).slice(0, THREADS_MAX);
  const cut = live.order.length > order.length;
  return {
    live: {
      ...live,
      cursor: null,
      order,
      conversations: pick(live.conversations, order),
      reads: pick(live.reads, order),
      threads: Object.fromEntries(
        withThread.map((id) => {
          const thread = live.threads[id];
          const messages = thread?.messages.slice(-MESSAGES_MAX) ?? [];
          const complete = thread?.complete === true && messages.length === thread.messages.length;
          return [id, { messages, complete, next_before: null, fetched: true }];
        }),
      ),
    },
    views: Object.fromEntries(
      Object.entries(views)
        .filter(([, view]) => !view.search && view.horizon !== null)
        .map(([key, view]) => [
          key,
          { ...view, loading: false, has_more: false, horizon: cut ? lowest(live, order) : view.horizon },
        ]),
    ),
  };
}

function lowest(live: LiveState, order: string[]): number {
  return live.conversations[order.at(-1) ?? ""]?.last_sequence ?? 0;
}

function pick<Value>(record: Record<string, Value>, keys: string[]): Record<string, Value> {
  return Object.fromEntries(keys.filter((key) => key in record).map((key) => [key, record[key] as Value]));
}

async function inStore<Result>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest,
): Promise<Result | undefined> {
  try {
    const database = await opened();
    const transaction = database.transaction(STORE, mode);
    const result = await settled<Result>(work(transaction.objectStore(STORE)));
    database.close();
    return result;
  } catch {
    // Private windows and full disks refuse storage. Then the screen simply waits for the server.
    return undefined;
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled<IDBDatabase>(request);
}

function settled<Result>(request: IDBRequest): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
