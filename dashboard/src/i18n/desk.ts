/** What is said beside a conversation by parts that are loaded when they are first needed. */
import ar from "./desk.ar.json";
import en from "./desk.en.json";
import { learn, type Stripped, type TextKey, type Translate, useText as useFirstText } from "./index.ts";

learn({ en, ar });

export type DeskKey = TextKey | Stripped<keyof typeof en>;

export const useText = useFirstText as () => Translate<DeskKey>;
