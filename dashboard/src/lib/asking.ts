/** One question to the server at a time: whether it is under way, and how it failed. */
import { useState } from "react";
import { ApiError } from "../api/client.ts";

export function useAsking() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  /** Null when it failed. */
  const ask = async <Answer>(request: () => Promise<Answer>): Promise<Answer | null> => {
    setBusy(true);
    setFailure(null);
    try {
      return await request();
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { ask, busy, failure, forgive: () => setFailure(null) };
}
