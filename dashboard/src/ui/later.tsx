/** Parts of the page that are loaded when they are first needed. One that cannot be had takes nothing else with it. */
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { useText } from "../i18n/index.ts";

type Loaded<Props> = { default: ComponentType<Props> };

/**
 * `meanwhile` keeps the room of a part that is on its way, `instead` stands there when it cannot be had: nothing, where
 * it would be said many times on one page, or of something that nobody has asked for.
 */
export function later<Props extends object>(
  load: () => Promise<Loaded<Props>>,
  meanwhile: ReactNode = null,
  instead: ReactNode = <Missing />,
) {
  let kept: ComponentType<Props> | null = null;
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, beside its imports
  return function Later(props: Props) {
    const [Part, show] = useState<ComponentType<Props> | null>(() => kept);
    const [hasFailed, fail] = useState(false);
    useEffect(() => {
      if (kept) return;
      load().then(
        ({ default: part }) => {
          kept = part;
          show(() => part);
        },
        // The line is cut, or the server has a newer page than this one.
        () => fail(true),
      );
    }, []);
    if (hasFailed) return instead;
    return Part ? <Part {...props} /> : meanwhile;
  };
}

/** Browsers remember a part that could not be had; a reload forgets that, and keeps what was written. */
function Missing() {
  const text = useText();
  return (
    <p role="alert" data-testid="part-missing" className="px-2 py-1.5 text-bad text-xs">
      {text("part_missing")}{" "}
      <button type="button" className="font-medium text-accent" onClick={() => window.location.reload()}>
        {text("reload")}
      </button>
    </p>
  );
}
