/** The windows that send something other than text and files. */
import type { Capabilities, Selection } from "../api/types.ts";
import type { FormKind } from "./add-menu.tsx";
import { ContactsForm } from "./contacts-form.tsx";
import { InteractiveForm } from "./interactive-form.tsx";
import { LocationForm } from "./location-form.tsx";
import { TemplatePicker } from "./template-picker.tsx";

interface FormsProps {
  form: FormKind;
  selected: Selection;
  capabilities: Capabilities;
  onClose: () => void;
}

/** Loaded when one is opened for the first time. */
export default function Forms({ form, selected, capabilities, onClose }: FormsProps) {
  const shared = { selected, onClose };
  if (form === "location") return <LocationForm {...shared} />;
  if (form === "contacts") return <ContactsForm {...shared} />;
  if (form === "interactive") return <InteractiveForm {...shared} kinds={capabilities.interactive} />;
  return <TemplatePicker {...shared} />;
}
