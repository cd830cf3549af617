/** A few colleagues as a pile of small faces. */
import { Avatar } from "./avatar.tsx";

/** Beyond this many the pile says how many more there are. */
const FACES_MAX = 3;

interface FacesProps {
  people: { operator_id: string; name: string }[];
  size: string;
}

export function Faces({ people, size }: FacesProps) {
  // What parts the faces of a pile would only be a rim around a single one.
  const rim = people.length > 1 ? "ring-2 ring-surface" : "";
  const shown = people.length > FACES_MAX ? people.slice(0, FACES_MAX - 1) : people;
  return (
    <span aria-hidden="true" className="flex shrink-0 -space-x-1.5 rtl:space-x-reverse">
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
