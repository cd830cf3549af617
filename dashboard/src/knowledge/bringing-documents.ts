/** Documents on their way to the server, one after the other: cutting them takes it its time. */
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client.ts";
import { DOCUMENTS_URL } from "../api/knowledge.ts";
import { type Transfer, transfer } from "../api/upload.ts";
import { newId } from "../lib/id.ts";

export interface Brought {
  id: string;
  name: string;
  /** From 0 to 1. */
  share: number;
  /** `known`: the same document is in use already. */
  state: "waiting" | "running" | "known" | "failed";
  failure: ApiError | null;
}

export function useBringing(onArrival: () => void) {
  const [files, showFiles] = useState<Brought[]>([]);
  const queue = useRef<{ id: string; file: File }[]>([]);
  const running = useRef<{ id: string; transfer: Transfer<Arrived> } | null>(null);
  // Whoever leaves the page has changed their mind about what is not there yet.
  useEffect(
    () => () => {
      queue.current = [];
      running.current?.transfer.cancel();
    },
    [],
  );
  const change = (id: string, what: Partial<Brought>) =>
    showFiles((all) => all.map((one) => (one.id === id ? { ...one, ...what } : one)));
  const drop = (id: string) => showFiles((all) => all.filter((one) => one.id !== id));
  const next = async () => {
    if (running.current) return;
    const first = queue.current.shift();
    if (!first) return;
    const { id, file } = first;
    const moving = bringDocument(file, (share) => change(id, { share }));
    running.current = { id, transfer: moving };
    change(id, { state: "running" });
    try {
      const { isNew } = await moving.arrived;
      if (isNew) drop(id);
      else change(id, { state: "known" });
      onArrival();
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      if (reason.code !== "cancelled") change(id, { state: "failed", failure: reason });
    } finally {
      running.current = null;
      void next();
    }
  };
  const bring = (chosen: File[]) => {
    const added = chosen.map((file) => ({ id: newId(), file }));
    queue.current.push(...added);
    const begun = added.map(
      ({ id, file }) => ({ id, name: file.name, share: 0, state: "waiting", failure: null }) as const,
    );
    showFiles((all) => [...all, ...begun]);
    void next();
  };
  const forget = (id: string) => {
    queue.current = queue.current.filter((waiting) => waiting.id !== id);
    if (running.current?.id === id) running.current.transfer.cancel();
    drop(id);
  };
  return { files, bring, forget };
}

interface Arrived {
  isNew: boolean;
}

function bringDocument(file: File, onProgress: (share: number) => void): Transfer<Arrived> {
  const url = `${DOCUMENTS_URL}?${new URLSearchParams({ name: file.name })}`;
  return transfer(url, file, onProgress, ({ document, is_new }) =>
    document ? { isNew: is_new !== false } : undefined,
  );
}
