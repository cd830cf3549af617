/** The messages: anchored at the end, joined by older ones at the top without a jump, following only a reader who is at the end. */
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Message, Operator, Selection } from "../api/types.ts";
import { heightOf } from "../content/height.ts";
import { stopSound } from "../content/playing.ts";
import { ViewerPlace } from "../content/viewer-place.tsx";
import { useText } from "../i18n/index.ts";
import { useScreen } from "../live/store.ts";
import { useOpened } from "../teaching/opened.ts";
import { later } from "../ui/later.tsx";
import { DayDivider } from "./day-divider.tsx";
import { type Entry, entriesOf } from "./entries.ts";
import { useJump } from "./jump.ts";
import { JumpToNewest } from "./jump-to-newest.tsx";
import { MessageBubble } from "./message-bubble.tsx";
import { OlderMessages } from "./older-messages.tsx";
import { useReading } from "./reading.ts";

/** Loaded when somebody asks for it. */
const MessageTrace = later(() => import("./message-trace.tsx"));
const TeachingWindows = later(() => import("../teaching/windows.tsx"));
/** As long as all of it fits into the page it is all there: for the browser's own search and for screen readers. */
const ENTRIES_WHOLE_MAX = 300;
const OVERSCAN = 15;
/** Pixels from the end within which the reader counts as being at the end. */
const NEAR_END = 100;
/** Room above the first message for the sign of what is there. */
const TOP_ROOM = 56;

type List = Virtualizer<HTMLDivElement, Element>;

export function MessageList({ selected, operator }: { selected: Selection; operator: Operator }) {
  const text = useText();
  const entries = useEntries(selected.conversation_id, operator);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useList(entries, scroller);
  const { isAtEnd, look } = useEnd(list, entries);
  const { unseen } = useReading(selected.conversation_id, isAtEnd);
  const { flashed, jumpTo } = useJump(list, entries, selected);
  const [traced, setTraced] = useState<Message | null>(null);
  const isTeaching = useOpened(({ opened }) => opened?.message.conversation_id === selected.conversation_id);
  // Where no button is left to stop it, nothing goes on playing.
  useEffect(() => stopSound, []);
  return (
    <div className="relative flex min-h-0 flex-1">
      <div
        ref={scroller}
        onScroll={look}
        role="log"
        aria-label={text("chat_messages")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by key
        tabIndex={0}
        data-testid="message-list"
        data-at-end={isAtEnd}
        className="chat-ground min-h-0 flex-1 overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div className="relative mx-auto w-full max-w-4xl" style={{ height: list.getTotalSize() }}>
          <OlderMessages selected={selected} scroller={scroller} height={TOP_ROOM} />
          {list.getVirtualItems().map(({ key, index, start }) => (
            <div
              key={key}
              ref={list.measureElement}
              data-index={index}
              className="absolute inset-x-0 top-0 px-3 sm:px-6"
              style={{ transform: `translateY(${start}px)` }}
            >
              <EntryView
                entry={entries[index]}
                operatorId={operator.operator_id}
                isFlashed={flashed === key}
                onQuote={jumpTo}
                onTrace={setTraced}
              />
            </div>
          ))}
        </div>
      </div>
      {!isAtEnd && <JumpToNewest unseen={unseen} onJump={() => list.scrollToEnd()} />}
      {traced && <MessageTrace message={traced} onClose={() => setTraced(null)} />}
      {isTeaching && <TeachingWindows />}
      <ViewerPlace conversation_id={selected.conversation_id} />
    </div>
  );
}

function useList(entries: Entry[], scroller: RefObject<HTMLDivElement | null>): List {
  return useVirtualizer<HTMLDivElement, Element>({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimatedHeight(entries[index]),
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: entries.length <= ENTRIES_WHOLE_MAX ? ENTRIES_WHOLE_MAX : OVERSCAN,
    paddingStart: TOP_ROOM,
    paddingEnd: 4,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
  });
}

function useEntries(conversation_id: string, operator: Operator): Entry[] {
  const messages = useScreen((state) => state.live.threads[conversation_id]?.messages);
  const isComplete = useScreen((state) => state.live.threads[conversation_id]?.complete ?? false);
  const pending = useScreen((state) => state.pending);
  return useMemo(() => {
    const own = pending.filter((entry) => entry.conversation_id === conversation_id);
    return entriesOf(messages ?? [], own, operator, isComplete);
  }, [messages, pending, conversation_id, operator, isComplete]);
}

/** Near enough that a list of which most was never drawn does not jump about while one scrolls through it. */
function estimatedHeight(entry: Entry | undefined): number {
  return entry?.kind === "message" ? heightOf(entry.message) : 48;
}

/** Whether the reader is at the end; an own new message always brings them there. */
function useEnd(list: List, entries: Entry[]) {
  const [isAtEnd, setIsAtEnd] = useState(true);
  const look = useCallback(() => {
    const element = list.scrollElement;
    if (element) setIsAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_END);
  }, [list]);
  useLayoutEffect(() => list.scrollToEnd(), [list]);
  // Rows are measured after they are there, which moves the end without a scroll.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size is the reason to look again
  useEffect(look, [look, entries, list.getTotalSize()]);
  useKeptEnd(list);
  const last = entries.at(-1);
  const ownNewest = last?.kind === "message" && last.pending ? last.key : null;
  useEffect(() => {
    if (ownNewest) list.scrollToEnd();
  }, [ownNewest, list]);
  return { isAtEnd, look };
}

/** Whoever is at the end stays there when the composer grows or the keyboard comes up. */
function useKeptEnd(list: List): void {
  useEffect(() => {
    const element = list.scrollElement;
    if (!element) return;
    let height = element.clientHeight;
    const observer = new ResizeObserver(() => {
      // Measured by the height of before: what React knows of the end may be a frame older, or already a frame newer.
      const wasAtEnd = element.scrollHeight - element.scrollTop - height <= NEAR_END;
      height = element.clientHeight;
      if (wasAtEnd) list.scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [list]);
}

interface EntryProps {
  entry: Entry | undefined;
  operatorId: string;
  isFlashed: boolean;
  onQuote: (message_id: string) => void;
  onTrace: (message: Message) => void;
}

function EntryView({ entry, operatorId, isFlashed, onQuote, onTrace }: EntryProps) {
  if (!entry) return null;
  if (entry.kind === "day") return <DayDivider timestamp={entry.timestamp} />;
  const { message, pending, isFirstOfGroup, isLastOfGroup } = entry;
  return (
    <MessageBubble
      message={message}
      pending={pending}
      isFirstOfGroup={isFirstOfGroup}
      isLastOfGroup={isLastOfGroup}
      isOwn={message.operator_id === operatorId}
      isFlashed={isFlashed}
      onQuote={onQuote}
      onTrace={onTrace}
    />
  );
}
