/** A place, from a link of any map or from its coordinates. */
import { type FormEvent, useState } from "react";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { pointIn } from "../lib/coordinates.ts";
import { sendLocation } from "../live/compose.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormFoot } from "./form-foot.tsx";

export function LocationForm({ selected, onClose }: { selected: Selection; onClose: () => void }) {
  const text = useText();
  const [written, setWritten] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const point = pointIn(written);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!point) return;
    const named = { name: name.trim() || undefined, address: address.trim() || undefined };
    sendLocation(selected, { ...point, ...named });
    onClose();
  };
  return (
    <Dialog title={text("add_location")} testId="location-form" onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        <Field
          label={text("location_point")}
          value={written}
          onChange={setWritten}
          testId="location-point"
          placeholder="33.8938, 35.5018"
          hint={point ? `${point.latitude}, ${point.longitude}` : text("location_hint")}
          error={written.trim() && !point ? text("location_unreadable") : null}
          required
          autoFocus
        />
        <Field label={text("location_name")} value={name} onChange={setName} testId="location-name" />
        <Field label={text("location_address")} value={address} onChange={setAddress} testId="location-address" />
        <FormFoot canSend={point !== null} />
      </form>
    </Dialog>
  );
}
