/** Settings in layers: what is usual, what the account sets, and what differs on a number. Pure. */
import type { Own, Part, Settings } from "../api/assistant.ts";

type Json = Record<string, unknown>;

const PARTS: Part[] = ["hours", "model", "limits", "rules"];

/** The settings of one layer laid over those below it, key by key of each part. */
export function laidOver(below: Settings, own: Own): Settings {
  const parts = PARTS.map((part) => [part, { ...below[part], ...own[part] }]);
  return { ...below, ...own, ...Object.fromEntries(parts) };
}

/** What of a layer differs from those below it. What is set to what holds anyway follows it from now on. */
export function differences(own: Own, below: Settings): Own {
  const different: Json = {};
  for (const [name, value] of Object.entries(own)) {
    const told = (below as unknown as Json)[name];
    const kept = isPart(name) ? pruned(value as Json, told as Json) : equal(value, told) ? undefined : value;
    if (kept !== undefined) different[name] = kept;
  }
  return different as Own;
}

/** What was changed from `base` to `own`, done to what others have made of it meanwhile: nothing else of theirs is lost. */
export function rebased(own: Own, base: Own, theirs: Own): Own {
  const changed = pathsIn(own, base).filter((path) => !equal(valueAt(own, path), valueAt(base, path)));
  return changed.reduce((next, path) => {
    const value = valueAt(own, path);
    return value === undefined ? withoutValue(next, path) : withValue(next, path, value);
  }, theirs);
}

function pathsIn(...layers: Own[]): string[] {
  const paths = layers.flatMap((layer) =>
    Object.entries(layer).flatMap(([name, value]) =>
      isPart(name) ? Object.keys(value as Json).map((inner) => `${name}.${inner}`) : [name],
    ),
  );
  return [...new Set(paths)];
}

/** `path` is a setting, or a part and a setting in it: `mode`, `hours.zone`. */
export function valueAt(settings: Settings | Own, path: string): unknown {
  return path.split(".").reduce<unknown>((found, name) => (found as Json | undefined)?.[name], settings);
}

export function withValue(own: Own, path: string, value: unknown): Own {
  const [name, inner] = path.split(".") as [keyof Own, string?];
  if (!inner) return { ...own, [name]: value };
  return { ...own, [name]: { ...(own[name] as Json | undefined), [inner]: value } };
}

export function withoutValue(own: Own, path: string): Own {
  const [name, inner] = path.split(".") as [keyof Own, string?];
  const { [name]: held, ...others } = own as Json;
  if (!inner) return others as Own;
  const { [inner]: _gone, ...rest } = (held ?? {}) as Json;
  return (Object.keys(rest).length > 0 ? { ...others, [name]: rest } : others) as Own;
}

/** Whether two values say the same; the order of an object's keys says nothing. */
export function equal(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return one === other;
  const [ours, theirs] = [Object.entries(one), Object.entries(other)];
  return ours.length === theirs.length && ours.every(([name, value]) => equal(value, (other as Json)[name]));
}

function isPart(name: string): name is Part {
  return (PARTS as string[]).includes(name);
}

function pruned(own: Json, below: Json): Json | undefined {
  const different = Object.entries(own).filter(([name, value]) => !equal(value, below?.[name]));
  return different.length > 0 ? Object.fromEntries(different) : undefined;
}
