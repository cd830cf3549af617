/** What was read from the server beside the live screen. It belongs to one session, and is gone with it. */
import { QueryClient } from "@tanstack/react-query";

export const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true } } });
