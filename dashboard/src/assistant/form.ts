/** The form of one layer of settings: what holds, what of it is set here, and how a field changes it. */
import { createContext, useContext } from "react";
import type { Own, Settings } from "../api/assistant.ts";
import { valueAt, withoutValue, withValue } from "./differences.ts";
import { type Problems, problemAt } from "./problems.ts";

export interface SettingsForm {
  /** What would hold if it were saved now. */
  settings: Settings;
  own: Own;
  change: (own: Own) => void;
  /** Of one number; else of the whole account. */
  isNumber: boolean;
  canChange: boolean;
  problems: Problems;
}

export const FormContext = createContext<SettingsForm | null>(null);

export function useSettingsForm(): SettingsForm {
  const form = useContext(FormContext);
  if (!form) throw new Error("A setting stands in a form.");
  return form;
}

/** One setting, by its path. */
export function useSetting<Value>(path: string) {
  const { settings, own, change, isNumber, canChange, problems } = useSettingsForm();
  return {
    value: valueAt(settings, path) as Value,
    change: (value: Value) => change(withValue(own, path, value)),
    /** It differs here from the account's, and can be made the same again. */
    differs: isNumber && valueAt(own, path) !== undefined,
    reset: () => change(withoutValue(own, path)),
    disabled: !canChange,
    /** What is wrong with it, or with something in it. */
    problem: problemAt(problems, path),
  };
}
