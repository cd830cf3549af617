import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { closeKept, openKept, useKept } from "./kept.ts";

const opened = (name: string) => renderHook(() => useKept(name, () => "nothing yet")).result;
const type = (name: string, words: string) => {
  const window = opened(name);
  act(() => window.current.change(words));
};

beforeEach(() => {
  closeKept(true);
  openKept("1:1");
});

describe("what was typed and not saved", () => {
  it("is there again when its window is opened once more, and until it is saved", () => {
    const first = opened("entry 12");
    expect(first.current.value).toBe("nothing yet");
    act(() => first.current.change("half a sentence"));
    expect(opened("entry 12").current.value).toBe("half a sentence");
    expect(opened("entry 13").current.value).toBe("nothing yet");
    act(() => first.current.forget());
    expect(opened("entry 12").current.value).toBe("nothing yet");
  });

  it("outlives a session that ran out, and is nobody else's", () => {
    type("try", "mine");
    closeKept(false);
    openKept("1:2");
    expect(opened("try").current.value).toBe("nothing yet");
    closeKept(false);
    openKept("1:1");
    expect(opened("try").current.value).toBe("mine");
  });

  it("is gone from this browser with a log-out", () => {
    type("try", "mine");
    closeKept(true);
    expect(Object.keys(sessionStorage)).toEqual([]);
  });
});
