/** The newest sequence that was on this screen, per conversation. A send names it, so that the server can tell what its author had not seen. */
import { create } from "zustand";

const useSequences = create<Record<string, number>>()(() => ({}));

export function useSeen(conversation_id: string): number {
  return useSequences((seen) => seen[conversation_id] ?? 0);
}

export function seenSequence(conversation_id: string): number {
  return useSequences.getState()[conversation_id] ?? 0;
}

export function markSeen(conversation_id: string, sequence: number): void {
  if (sequence > seenSequence(conversation_id)) useSequences.setState({ [conversation_id]: sequence });
}
