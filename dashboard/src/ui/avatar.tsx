/** Initials on the person's own colour. */
import { UserRound } from "lucide-react";
import { colourIndex, initials } from "../lib/names.ts";

// White letters stand on all of these with a contrast of at least 4.5 : 1.
const COLOURS = [
  "bg-[#0f766e]",
  "bg-[#1d6fb8]",
  "bg-[#6d54b5]",
  "bg-[#a8487a]",
  "bg-[#b0522d]",
  "bg-[#7a6a12]",
  "bg-[#3f7a37]",
  "bg-[#52627a]",
];

export function Avatar({ id, name, size = "size-12" }: { id: string; name: string | null; size?: string }) {
  const letters = initials(name);
  return (
    <span
      aria-hidden="true"
      className={`grid shrink-0 select-none place-items-center rounded-full font-medium text-white ${size} ${COLOURS[colourIndex(id, COLOURS.length)]}`}
    >
      {letters ?? <UserRound className="size-1/2" />}
    </span>
  );
}
