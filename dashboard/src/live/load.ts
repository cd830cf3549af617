/** Reads pages from the server and joins them with what the stream has told meanwhile. */

import { ApiError } from "../api/client.ts";
import { chatsPage, historyPage, waitingQueue } from "../api/pages.ts";
import type { ChatsPage, HistoryPage, ListKind, Selection } from "../api/types.ts";
import { mergeList, mergeThread } from "./apply.ts";
import { nearest } from "./cursor.ts";
import { emptyState, type Thread } from "./state.ts";
import { liveNow, mergeReadAt, replaceLive, screenNumber, useScreen } from "./store.ts";
import { extendView, newView, type View, viewKey } from "./views.ts";

/** A page that is older than the remembered events is asked for again, but not for ever. */
const STALE_PAGES_MAX = 3;
const UNKNOWN_COUNTS_DELAY_MS = 300;

const loadingThreads = new Set<string>();

/** Shows a list: from what is held at once, and from the server. */
export function showView(status: ListKind, search: string, isMissing: boolean): void {
  useScreen.setState({ visible: { status, search } });
  // The first load of all reads what is visible then.
  if (liveNow().cursor === null) return;
  // A search is not kept up to date by events, so an old answer is asked for again.
  if (isMissing || search) void loadView(status, search, true);
}

export async function loadView(status: ListKind, search: string, first = false): Promise<void> {
  const key = viewKey(status, search);
  const view = useScreen.getState().views[key] ?? newView(status, search);
  if (view.loading || (!first && !view.has_more)) return;
  const asked = { ...view, loading: true, failed: false };
  changeView(key, asked);
  try {
    const page = await freshPage(
      () =>
        status === "queue" ? wholeQueue() : chatsPage({ status, search, cursor: first ? null : view.next_cursor }),
      (read) => mergeReadAt(read.as_of, (live) => mergeList(live, read)),
    );
    // A reload has dropped what this page would have continued.
    if (useScreen.getState().views[key] === asked) changeView(key, extendView(view, page, first));
  } catch (reason) {
    changeView(key, { ...view, loading: false, failed: true });
    if (!(reason instanceof ApiError)) throw reason;
  }
}

/** The waiting queue in the shape of a list page. Without a position of its own it is as old as what was held when asked. */
async function wholeQueue(): Promise<ChatsPage> {
  const as_of = liveNow().cursor ?? "0-0";
  const answer = await waitingQueue();
  return { chats: answer.queue, next_cursor: null, has_more: false, total: answer.total, as_of: answer.as_of ?? as_of };
}

/** Opens a conversation: its newest page, unless one is held that the stream keeps whole. */
export async function openThread(selection: Selection): Promise<void> {
  if (!liveNow().threads[selection.conversation_id]?.fetched) await loadHistory(selection, null);
}

export async function loadOlder(selection: Selection): Promise<void> {
  const thread = liveNow().threads[selection.conversation_id];
  if (thread && !thread.complete) await loadHistory(selection, thread.next_before);
}

async function loadHistory({ user_id, conversation_id }: Selection, before: string | null): Promise<void> {
  if (loadingThreads.has(conversation_id)) return;
  loadingThreads.add(conversation_id);
  try {
    await freshPage(
      () => historyPage(user_id, conversation_id, before),
      (page) =>
        mergeReadAt(page.as_of, (live) =>
          joins(live.threads[conversation_id], before) ? mergeThread(live, conversation_id, page) : live,
        ),
    );
  } finally {
    loadingThreads.delete(conversation_id);
  }
}

/** An older page that was asked for before a reload would leave a hole above what is held now. */
function joins(thread: Thread | undefined, before: string | null): boolean {
  return before === null || thread?.next_before === before;
}

async function freshPage<Page>(readPage: () => Promise<Page>, merge: (page: Page) => boolean): Promise<Page> {
  for (let attempt = 1; ; attempt += 1) {
    const asked = screenNumber();
    const page = await readPage();
    // Once the screen was loaded anew, an earlier page may be of another history, or end before the new cursor begins.
    if (asked === screenNumber() && merge(page)) return page;
    if (attempt === STALE_PAGES_MAX) throw new ApiError(0, "stale", "The page was older than the stream");
  }
}

/** Loads what is visible anew and forgets the rest: at the start, and when continuity cannot be proven. */
export async function reloadScreen(): Promise<void> {
  const { visible, selected } = useScreen.getState();
  // The queue is loaded by its own call as soon as its view is gone.
  const listed = { search: visible.search, status: visible.status === "queue" ? null : visible.status };
  const [list, history] = await Promise.all([chatsPage(listed), selected ? historyIfAny(selected) : null]);
  let live = mergeList(emptyState(liveNow().operator_id), list);
  if (selected && history) live = mergeThread(live, selected.conversation_id, history);
  live = { ...live, cursor: history ? nearest(list.as_of, history.as_of) : list.as_of };
  const view = extendView(newView(listed.status, listed.search), list, true);
  replaceLive(live, { [viewKey(listed.status, listed.search)]: view });
  await openWhatMoved(selected);
}

/** The person may have opened another conversation meanwhile; its list loads itself when it finds its view gone. */
async function openWhatMoved(opened: Selection | null): Promise<void> {
  const { selected } = useScreen.getState();
  if (selected && selected.conversation_id !== opened?.conversation_id) await openThread(selected);
}

/** A conversation that is not there must not keep the list from loading. */
async function historyIfAny({ user_id, conversation_id }: Selection): Promise<HistoryPage | null> {
  try {
    return await historyPage(user_id, conversation_id);
  } catch (reason) {
    if (reason instanceof ApiError && (reason.status === 404 || reason.status === 422)) return null;
    throw reason;
  }
}

let countsTimer: ReturnType<typeof setTimeout> | undefined;

/** Rows that came by an event alone lack this operator's unread count; they stand on top, so the first page has it. */
export function askForUnknownCounts(): void {
  if (countsTimer) return;
  countsTimer = setTimeout(async () => {
    countsTimer = undefined;
    const asked = screenNumber();
    try {
      const page = await chatsPage({});
      if (asked === screenNumber()) mergeReadAt(page.as_of, (live) => mergeList(live, page));
    } catch (reason) {
      // The next event of such a row asks again; until then it shows a dot without a number.
      if (!(reason instanceof ApiError)) throw reason;
    }
  }, UNKNOWN_COUNTS_DELAY_MS);
}

function changeView(key: string, view: View): void {
  useScreen.setState(({ views }) => ({ views: { ...views, [key]: view } }));
}
