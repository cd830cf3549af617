/** One of a few, as chips side by side. */
interface ChoiceChipsProps<Value extends string> {
  label: string;
  name: string;
  chosen: Value;
  choices: { value: Value; label: string }[];
  onChoose: (value: Value) => void;
  disabled?: boolean;
}

export function ChoiceChips<Value extends string>(props: ChoiceChipsProps<Value>) {
  const { label, name, chosen, choices, onChoose, disabled } = props;
  return (
    <fieldset className="flex flex-wrap gap-1.5" disabled={disabled}>
      <legend className="sr-only">{label}</legend>
      {choices.map(({ value, label: words }) => (
        <label
          key={value}
          className="cursor-pointer rounded-full border border-line bg-raised px-3.5 py-1.5 text-sm has-checked:border-transparent has-disabled:cursor-default has-checked:bg-accent has-checked:text-accent-ink has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
        >
          <input
            type="radio"
            name={name}
            data-testid={`${name}-${value}`}
            checked={value === chosen}
            onChange={() => onChoose(value)}
            className="sr-only"
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
