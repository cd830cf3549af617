/** Which message's sources are looked at, or at which one the assistant is taught. The windows outlive its bubble. */
import { create } from "zustand";
import type { Message } from "../api/types.ts";

interface Opened {
  message: Message;
  shown: "sources" | "teaching";
}

export const useOpened = create<{ opened: Opened | null }>()(() => ({ opened: null }));

export function openSources(message: Message): void {
  useOpened.setState({ opened: { message, shown: "sources" } });
}

export function openTeaching(message: Message): void {
  useOpened.setState({ opened: { message, shown: "teaching" } });
}

export function closeTeaching(): void {
  useOpened.setState({ opened: null });
}
