/** A place: what it is called, where it is, and the way to a map. No map is drawn: nothing is loaded from elsewhere. */
import { MapPin } from "lucide-react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { placeOf } from "./details.ts";

export function Location({ message }: { message: Message }) {
  const text = useText();
  const { latitude, longitude, name, address, url } = placeOf(message);
  const hasPoint = latitude !== null && longitude !== null;
  const point = hasPoint ? `${latitude.toFixed(5)}, ${longitude.toFixed(5)}` : null;
  return (
    <div className="w-64 max-w-full" data-testid="location">
      <div className="map-ground -mx-1.5 mt-0.5 mb-1.5 grid h-20 place-items-center rounded-xl">
        <MapPin aria-hidden="true" className="size-8 fill-bad/20 text-bad" />
      </div>
      <p dir="auto" className="plain-beside font-medium text-sm wrap-anywhere">
        {name ?? (address ? null : (hasPoint ? text("type_location") : message.content) || text("type_location"))}
      </p>
      {address && (
        <p dir="auto" className="plain-beside text-ink-soft text-sm wrap-anywhere">
          {address}
        </p>
      )}
      {point && (
        <p dir="ltr" className="text-ink-faint text-xs tabular-nums rtl:text-end">
          {point}
        </p>
      )}
      <p className="mt-1 flex flex-wrap gap-x-4 text-sm">
        {hasPoint && (
          <MapLink
            href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
            words={text("location_map")}
          />
        )}
        {url && <MapLink href={url} words={text("location_page")} />}
      </p>
    </div>
  );
}

function MapLink({ href, words }: { href: string; words: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" className="font-medium text-accent hover:underline">
      {words}
    </a>
  );
}
