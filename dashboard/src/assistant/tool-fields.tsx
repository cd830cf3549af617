/** The fields of one tool. */
import { Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { useText } from "../i18n/office.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { type Problems, problemAt } from "./problems.ts";
import { INPUT_LOOK } from "./setting.tsx";
import { isAddress, isToolName, keepsSecret, METHODS, schemaIn, type ToolDraft } from "./tool-draft.ts";

interface ToolFieldsProps {
  draft: ToolDraft;
  disabled: boolean;
  /** By the names of its fields. */
  problems: Problems;
  onChange: (draft: ToolDraft) => void;
  onRemove: () => void;
}

export function ToolFields({ draft, disabled, problems, onChange, onRemove }: ToolFieldsProps) {
  const text = useText();
  const { name, description, parameters } = draft;
  const change = (what: Partial<ToolDraft>) => onChange({ ...draft, ...what });
  return (
    <fieldset data-testid="tool" disabled={disabled} className="min-w-0 space-y-3 rounded-2xl bg-surface p-4">
      <legend className="sr-only">{name || text("tool_add")}</legend>
      <div className="flex items-end gap-2">
        <Field
          label={text("tool_name")}
          value={name}
          onChange={(typed) => change({ name: typed })}
          error={name && !isToolName(name) ? text("tool_name_wrong") : problemAt(problems, "name")}
          testId="tool-name"
          required
          disabled={disabled}
        />
        {!disabled && (
          <IconButton small label={text("tool_remove", { name })} testId="tool-remove" onClick={onRemove}>
            <Trash2 />
          </IconButton>
        )}
      </div>
      <Field
        label={text("tool_description")}
        value={description}
        onChange={(typed) => change({ description: typed })}
        hint={text("tool_description_hint")}
        error={problemAt(problems, "description")}
        lines={2}
        testId="tool-description"
        required
        disabled={disabled}
      />
      <Address draft={draft} disabled={disabled} problems={problems} onChange={change} />
      <Field
        label={text("tool_parameters")}
        value={parameters}
        onChange={(typed) => change({ parameters: typed })}
        error={schemaIn(parameters) ? problemAt(problems, "parameters") : text("tool_parameters_wrong")}
        lines={4}
        testId="tool-parameters"
        disabled={disabled}
      />
      <Secret draft={draft} disabled={disabled} problems={problems} onChange={change} />
    </fieldset>
  );
}

interface PartProps {
  draft: ToolDraft;
  disabled: boolean;
  problems: Problems;
  onChange: (what: Partial<ToolDraft>) => void;
}

function Address({ draft: { method, url }, disabled, problems, onChange }: PartProps) {
  const text = useText();
  const id = useId();
  return (
    <div className="flex flex-wrap items-start gap-2">
      <div>
        <label htmlFor={id} className="mb-1 block font-medium text-ink-soft text-xs">
          {text("tool_method")}
        </label>
        <select
          id={id}
          value={method}
          disabled={disabled}
          data-testid="tool-method"
          onChange={(event) => onChange({ method: event.target.value })}
          className={INPUT_LOOK}
        >
          {METHODS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
      <Field
        label={text("tool_url")}
        value={url}
        onChange={(typed) => onChange({ url: typed })}
        error={url && !isAddress(url) ? text("tool_url_wrong") : problemAt(problems, "url")}
        hint={text("tool_url_hint")}
        type="url"
        testId="tool-url"
        required
        disabled={disabled}
      />
    </div>
  );
}

function Secret({ draft, disabled, problems, onChange }: PartProps) {
  const text = useText();
  const [isNew, renew] = useState(false);
  const isKept = keepsSecret(draft) && draft.secret === undefined && !isNew;
  const isForOther = draft.secretOf !== null && !keepsSecret(draft) && !draft.secret;
  return (
    <div className="flex flex-wrap items-start gap-2">
      <Field
        label={text("tool_header")}
        value={draft.header}
        onChange={(header) => onChange({ header })}
        placeholder="Authorization"
        error={problemAt(problems, "header")}
        testId="tool-header"
        disabled={disabled}
      />
      {isKept ? (
        <div className="flex-1">
          <p className="mb-1 font-medium text-ink-soft text-xs">{text("tool_secret")}</p>
          <p data-testid="tool-secret-kept" className="flex flex-wrap items-center gap-2 text-sm">
            {text("model_key_kept")}
            <Button disabled={disabled} onClick={() => renew(true)}>
              {text("change")}
            </Button>
            <Button look="danger" disabled={disabled} onClick={() => onChange({ secret: null })}>
              {text("remove")}
            </Button>
          </p>
        </div>
      ) : (
        <Field
          label={text("tool_secret")}
          value={draft.secret ?? ""}
          onChange={(typed) => onChange({ secret: typed || undefined })}
          type="password"
          hint={isForOther ? text("tool_secret_elsewhere") : undefined}
          error={problemAt(problems, "secret")}
          testId="tool-secret"
          disabled={disabled}
        />
      )}
    </div>
  );
}
