/** A few colleagues as small faces, side by side or as a pile. */
import { Avatar } from "./avatar.tsx";

/** Beyond this many it says how many more there are. */
const FACES_MAX = 3;

interface FacesProps {
  people: { operator_id: string; name: string }[];
  size: string;
  /** The ground that a pile lies on, as a ring's colour; side by side when there is none. */
  ground?: string;
}

export function Faces({ people, size, ground }: FacesProps) {
  const shown = people.length > FACES_MAX ? people.slice(0, FACES_MAX - 1) : people;
  const rim = ground ? `ring-2 ${ground}` : "";
  return (
    <span aria-hidden="true" className={`flex shrink-0 ${ground ? "-space-x-1.5 rtl:space-x-reverse" : "gap-0.5"}`}>
      {shown.map(({ operator_id, name }) => (
        <span key={operator_id} className={`rounded-full ${rim}`}>
          <Avatar id={`operator ${operator_id}`} name={name} size={size} />
        </span>
      ))}
      {people.length > shown.length && (
        <span className={`grid place-items-center rounded-full bg-raised font-medium text-ink-soft ${rim} ${size}`}>
          +{people.length - shown.length}
        </span>
      )}
    </span>
  );
}
