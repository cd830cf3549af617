/** The windows about one answer of the assistant: where it comes from, and teaching. */
import { useEffect } from "react";
import { closeTeaching, openTeaching, useOpened } from "./opened.ts";
import { SourcesDialog } from "./sources-dialog.tsx";
import { TeachDialog } from "./teach-dialog.tsx";

export default function TeachingWindows() {
  const opened = useOpened((state) => state.opened);
  // Another conversation is another matter; what was typed is kept for its message.
  useEffect(() => closeTeaching, []);
  if (!opened) return null;
  const { message, shown } = opened;
  if (shown === "teaching") return <TeachDialog key={message.message_id} message={message} onClose={closeTeaching} />;
  return <SourcesDialog message={message} onTeach={() => openTeaching(message)} onClose={closeTeaching} />;
}
