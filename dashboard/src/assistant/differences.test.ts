import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../house/office-stage.tsx";
import { differences, equal, laidOver, rebased, valueAt, withoutValue, withValue } from "./differences.ts";

const ACCOUNT = { mode: "auto", hours: { zone: "Asia/Beirut" }, rules: { keywords: ["refund"] } } as const;
const below = laidOver(DEFAULTS, { ...ACCOUNT, rules: { keywords: ["refund"] } });

describe("settings in layers", () => {
  it("are laid over one another key by key, also within a part", () => {
    expect(below).toMatchObject({ mode: "auto", confident_from: 60 });
    expect(below.hours).toEqual({ ...DEFAULTS.hours, zone: "Asia/Beirut" });
    expect(laidOver(below, { hours: { holidays: ["12-25"] } }).hours).toMatchObject({
      zone: "Asia/Beirut",
      holidays: ["12-25"],
    });
  });

  it("differ only in what differs: what is set to what holds anyway is not kept", () => {
    expect(differences({ mode: "auto", confident_from: 70, hours: { zone: "Asia/Beirut" } }, below)).toEqual({
      confident_from: 70,
    });
    expect(differences({ rules: { keywords: ["refund"], upset: false } }, below)).toEqual({ rules: { upset: false } });
    expect(differences({ hours: { weekly: { mon: [["09:00", "12:00"]] } } }, below)).toEqual({
      hours: { weekly: { mon: [["09:00", "12:00"]] } },
    });
    expect(differences({}, below)).toEqual({});
  });

  it("that were changed from what was seen are laid over what it has become, and what was let go is let go", () => {
    const base = { mode: "auto", persona: "Old.", hours: { zone: "UTC", holidays: ["12-25"] } } as const;
    const own = { mode: "auto", confident_from: 70, hours: { zone: "Asia/Beirut", holidays: ["12-25"] } } as const;
    const theirs = { mode: "shadow", persona: "Old.", hours: { zone: "UTC", holidays: ["01-01"] } } as const;
    const copied = (one: object) => structuredClone(one) as Parameters<typeof rebased>[0];
    expect(rebased(copied(own), copied(base), copied(theirs))).toEqual({
      mode: "shadow",
      confident_from: 70,
      hours: { zone: "Asia/Beirut", holidays: ["01-01"] },
    });
  });

  it("are changed and let go one by one, and the given ones stay as they were", () => {
    const own = { confident_from: 70, hours: { zone: "UTC", holidays: ["12-25"] } };
    const before = structuredClone(own);
    expect(withValue(own, "hours.zone", "Asia/Dubai")).toEqual({
      ...own,
      hours: { zone: "Asia/Dubai", holidays: ["12-25"] },
    });
    expect(withValue({}, "rules.upset", false)).toEqual({ rules: { upset: false } });
    expect(withoutValue(own, "hours.zone")).toEqual({ confident_from: 70, hours: { holidays: ["12-25"] } });
    expect(withoutValue({ hours: { zone: "UTC" } }, "hours.zone")).toEqual({});
    expect(withoutValue(own, "confident_from")).toEqual({ hours: own.hours });
    expect(valueAt(own, "rules.upset")).toBeUndefined();
    expect(own).toEqual(before);
  });

  it("are equal whatever the order of their keys, but not of their lists", () => {
    expect(equal({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true);
    expect(equal([1, 2], [2, 1])).toBe(false);
    expect(equal({ a: 1 }, { a: 1, b: undefined })).toBe(false);
    expect(equal(null, {})).toBe(false);
  });
});
