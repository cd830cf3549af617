/** Everything but text that can be sent here. What the channel cannot do is not in it. */
import { Contact, FileText, Image, LayoutList, MapPin, Plus, Text } from "lucide-react";
import { type ChangeEvent, useRef } from "react";
import type { Capabilities } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { Menu, MenuItem } from "../ui/menu.tsx";

export type FormKind = "location" | "contacts" | "interactive" | "template";

interface AddMenuProps {
  capabilities: Capabilities;
  /** WhatsApp takes only templates now. */
  isClosed: boolean;
  onFiles: (files: File[]) => void;
  onForm: (form: FormKind) => void;
}

const FORMS = [
  { form: "location", icon: MapPin, label: "add_location" },
  { form: "contacts", icon: Contact, label: "add_contacts" },
  { form: "interactive", icon: LayoutList, label: "add_interactive" },
  { form: "template", icon: Text, label: "add_template" },
] as const;

export default function AddMenu({ capabilities, isClosed, onFiles, onForm }: AddMenuProps) {
  const text = useText();
  const pictures = useRef<HTMLInputElement>(null);
  const anything = useRef<HTMLInputElement>(null);
  const { kinds, interactive } = capabilities;
  const offers = (kind: Capabilities["kinds"][number]) => !isClosed && kinds.includes(kind);
  const seen = [offers("image") && "image/*", offers("video") && "video/*"].filter(Boolean).join(",");
  const forms = FORMS.filter(({ form }) =>
    form === "template" ? kinds.includes(form) : offers(form) && (form !== "interactive" || interactive.length > 0),
  );
  const hasFiles = offers("document") || offers("audio");
  if (!seen && !hasFiles && forms.length === 0) return null;
  return (
    <>
      <Menu label={text("add")} testId="add" icon={<Plus aria-hidden="true" />}>
        {(close) => {
          const chosen = (act: () => void) => () => {
            close();
            act();
          };
          return (
            <>
              {seen && (
                <MenuItem testId="add-picture" icon={<Image />} onClick={chosen(() => pictures.current?.click())}>
                  {text("add_picture")}
                </MenuItem>
              )}
              {hasFiles && (
                <MenuItem testId="add-file" icon={<FileText />} onClick={chosen(() => anything.current?.click())}>
                  {text("add_file")}
                </MenuItem>
              )}
              {forms.map(({ form, icon: Icon, label }) => (
                <MenuItem key={form} testId={`add-${form}`} icon={<Icon />} onClick={chosen(() => onForm(form))}>
                  {text(label)}
                </MenuItem>
              ))}
            </>
          );
        }}
      </Menu>
      <FileInput input={pictures} accept={seen} testId="choose-picture" onFiles={onFiles} />
      <FileInput input={anything} testId="choose-file" accept={offers("document") ? "" : "audio/*"} onFiles={onFiles} />
    </>
  );
}

interface FileInputProps {
  input: React.RefObject<HTMLInputElement | null>;
  accept: string;
  testId: string;
  onFiles: (files: File[]) => void;
}

/** Out of sight and out of the way of Tab: the menu's item opens it. */
function FileInput({ input, accept, testId, onFiles }: FileInputProps) {
  const chosen = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(event.target.files ?? [])]);
    // The same file may be chosen again.
    event.target.value = "";
  };
  return (
    <input
      ref={input}
      type="file"
      multiple
      hidden
      tabIndex={-1}
      accept={accept || undefined}
      data-testid={testId}
      onChange={chosen}
    />
  );
}
