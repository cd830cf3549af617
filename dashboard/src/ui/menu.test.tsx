import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Menu, MenuItem } from "./menu.tsx";

const nothing = () => {};
const menu = (label: string) => (
  <Menu label={label} icon="+" testId="add">
    {() =>
      ["one", "two"].map((id) => (
        <MenuItem key={id} icon="" testId={id} onClick={nothing}>
          {id}
        </MenuItem>
      ))
    }
  </Menu>
);
const focused = () => (document.activeElement as HTMLElement).dataset.testid;

it("a menu puts the keys on its first item once for each time it is opened, whatever changes around it", () => {
  const { rerender } = render(menu("Add"));
  fireEvent.click(screen.getByTestId("add"));
  expect(focused()).toBe("one");
  fireEvent.keyDown(screen.getByTestId("one"), { key: "ArrowDown" });
  const panel = screen.getByTestId("add-panel");
  panel.style.top = "7px";
  rerender(menu("Attach"));
  expect(focused()).toBe("two");
  expect(panel.style.top).toBe("7px");
  fireEvent.keyDown(panel, { key: "Escape" });
  fireEvent.click(screen.getByTestId("add"));
  expect(focused()).toBe("one");
});
