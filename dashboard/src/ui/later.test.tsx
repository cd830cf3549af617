import { render, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { later } from "./later.tsx";

const Hello = ({ name }: { name: string }) => <p>hello {name}</p>;

it("a part is there at once when it was loaded before", async () => {
  let loads = 0;
  const Part = later(
    async () => {
      loads += 1;
      return { default: Hello };
    },
    <i data-testid="room" />,
  );
  const { unmount } = render(<Part name="Sara" />);
  expect(screen.getByTestId("room")).toBeDefined();
  await screen.findByText("hello Sara");
  unmount();
  render(<Part name="Omar" />);
  expect(screen.getByText("hello Omar")).toBeDefined();
  expect(loads).toBe(1);
});

it("a part that cannot be had says so, and leaves the rest of the page alone", async () => {
  const Part = later<{ name: string }>(() => Promise.reject(new TypeError("not there")));
  render(
    <main>
      <p>what was written</p>
      <Part name="Sara" />
    </main>,
  );
  expect((await screen.findByTestId("part-missing")).textContent).toContain("Reload");
  expect(screen.getByText("what was written")).toBeDefined();
});

it("a part that nobody would miss leaves nothing behind when it cannot be had", async () => {
  const Part = later(() => Promise.reject(new TypeError("not there")), <i data-testid="room" />, null);
  render(<Part />);
  await waitFor(() => expect(screen.queryByTestId("room")).toBeNull());
  expect(screen.queryByTestId("part-missing")).toBeNull();
});
