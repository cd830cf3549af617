/** Where the viewer is opened above a conversation. Its program comes by itself a little later than the page. */
import { type ComponentType, lazy, Suspense, useEffect } from "react";
import type { Message } from "../api/types.ts";
import { useScreen } from "../live/store.ts";
import { linkOf } from "./media.ts";
import { closeViewer, type Opened, useViewing, viewable } from "./viewing.ts";

const NONE: Message[] = [];
const load = (): Promise<{ default: ComponentType<Opened> }> =>
  import("./viewer.tsx").catch(() => ({ default: InAnotherTab }));
const OpenViewer = lazy(load);

export function ViewerPlace({ conversation_id }: { conversation_id: string }) {
  const viewed = useViewing((state) => state.viewed);
  const messages = useScreen((state) => state.live.threads[conversation_id]?.messages ?? NONE);
  // It is there before anybody asks for it: after an update of the server the old file could not be had any more.
  useEffect(() => void load(), []);
  // Whoever leaves the conversation leaves its pictures.
  useEffect(() => closeViewer, []);
  if (viewed?.conversation_id !== conversation_id) return null;
  const all = viewable(messages);
  const place = all.findIndex((message) => message.message_id === viewed.message_id);
  const message = all[place];
  // What was deleted meanwhile is not shown any longer.
  if (!message) return null;
  return (
    <Suspense>
      <OpenViewer message={message} all={all} place={place} />
    </Suspense>
  );
}

/** The viewer cannot be had; the browser can show a picture too. */
function InAnotherTab({ message }: Opened) {
  useEffect(() => {
    closeViewer();
    if (message.media) window.open(linkOf(message.media, false) ?? "", "_blank", "noopener");
  }, [message]);
  return null;
}
