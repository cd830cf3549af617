/** The changing half of an interactive message: its buttons, its rows, or its link. */
import { Plus, X } from "lucide-react";
import { useText } from "../i18n/desk.ts";
import { newId } from "../lib/id.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";

export interface Row {
  id: string;
  title: string;
  description: string;
}

const BUTTONS_MAX = 3;
const ROWS_MAX = 10;

export function blankRow(): Row {
  return { id: newId(), title: "", description: "" };
}

export function ButtonFields({ rows, onChange }: { rows: Row[]; onChange: (rows: Row[]) => void }) {
  const text = useText();
  return (
    <Rows rows={rows} rows_max={BUTTONS_MAX} add={text("interactive_add_button")} onChange={onChange}>
      {(row, place, change) => (
        <Field
          label={text("interactive_button_label", { place })}
          value={row.title}
          onChange={(title) => change({ title })}
          testId="interactive-title"
          characters_max={20}
          required={place === 1}
        />
      )}
    </Rows>
  );
}

interface ListFieldsProps {
  button: string;
  rows: Row[];
  onButton: (button: string) => void;
  onRows: (rows: Row[]) => void;
}

export function ListFields({ button, rows, onButton, onRows }: ListFieldsProps) {
  const text = useText();
  return (
    <>
      <Field
        label={text("interactive_list_button")}
        value={button}
        onChange={onButton}
        testId="interactive-list-button"
        characters_max={20}
        required
      />
      <Rows rows={rows} rows_max={ROWS_MAX} add={text("interactive_add_row")} onChange={onRows}>
        {(row, place, change) => (
          <>
            <Field
              label={text("interactive_row_label", { place })}
              value={row.title}
              onChange={(title) => change({ title })}
              testId="interactive-title"
              characters_max={24}
              required={place === 1}
            />
            <Field
              label={text("interactive_row_about")}
              value={row.description}
              onChange={(description) => change({ description })}
              testId="interactive-about"
              characters_max={72}
            />
          </>
        )}
      </Rows>
    </>
  );
}

interface LinkFieldsProps {
  label: string;
  url: string;
  onLabel: (label: string) => void;
  onUrl: (url: string) => void;
}

export function LinkFields({ label, url, onLabel, onUrl }: LinkFieldsProps) {
  const text = useText();
  return (
    <>
      <Field
        label={text("interactive_link_label")}
        value={label}
        onChange={onLabel}
        testId="interactive-link-label"
        characters_max={20}
        required
      />
      <Field
        label={text("interactive_link_address")}
        type="url"
        value={url}
        onChange={onUrl}
        testId="interactive-link"
        placeholder="https://"
        required
      />
    </>
  );
}

interface RowsProps {
  rows: Row[];
  rows_max: number;
  add: string;
  onChange: (rows: Row[]) => void;
  children: (row: Row, place: number, change: (what: Partial<Row>) => void) => React.ReactNode;
}

function Rows({ rows, rows_max, add, onChange, children }: RowsProps) {
  const text = useText();
  return (
    <div className="space-y-2">
      {rows.map((row, index) => (
        <div key={row.id} className="flex items-end gap-2">
          <div className="flex min-w-0 flex-1 flex-wrap gap-2">
            {children(row, index + 1, (what) =>
              onChange(rows.map((other) => (other.id === row.id ? { ...other, ...what } : other))),
            )}
          </div>
          {rows.length > 1 && (
            <IconButton
              small
              label={text("interactive_remove", { place: index + 1 })}
              onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}
            >
              <X />
            </IconButton>
          )}
        </div>
      ))}
      {rows.length < rows_max && (
        <Button
          testId="interactive-add"
          icon={<Plus aria-hidden="true" />}
          onClick={() => onChange([...rows, blankRow()])}
        >
          {add}
        </Button>
      )}
    </div>
  );
}
