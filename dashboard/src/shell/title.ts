/** How many conversations have something new, in the name of the tab. */
import { useEffect } from "react";
import { useScreen } from "../live/store.ts";

export function useTitle(): void {
  const unread = useScreen(({ live }) => live.order.filter((id) => live.conversations[id]?.unread_count !== 0).length);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Wasl` : "Wasl";
    return () => {
      document.title = "Wasl";
    };
  }, [unread]);
}
