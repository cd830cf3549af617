/** What the pages say that are no conversation: the assistant's knowledge, its settings and its report. */
import { type DeskKey, useText as useDeskText } from "./desk.ts";
import type { Stripped, Translate } from "./index.ts";
import { learn } from "./index.ts";
import ar from "./office.ar.json";
import en from "./office.en.json";

learn({ en, ar });

export type OfficeKey = DeskKey | Stripped<keyof typeof en>;

export const useText = useDeskText as () => Translate<OfficeKey>;
