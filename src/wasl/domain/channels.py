"""What a business number is reached by, what has to be known of it, and what its provider can do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from wasl.domain.message import MessageType
from wasl.limits import CHANNEL_MESSAGES_PER_SECOND, PAIR_SECONDS_PER_MESSAGE


class Ticks(StrEnum):
    """What a provider's statuses are worth."""

    EXACT = "exact"
    BEST_EFFORT = "best_effort"
    """Joined to a message by customer and time, because nothing else joins them."""
    NONE = "none"


class FilesBy(StrEnum):
    """How a file gets to the provider."""

    UPLOAD = "upload"
    LINK = "link"
    """The provider fetches it from an address of ours, for which it must be reachable."""


@dataclass(frozen=True, slots=True)
class FileLimit:
    """What may be sent as one kind of message. Without types any type may."""

    bytes_max: int
    mime_types: frozenset[str] = frozenset()

    def takes(self, mime_type: str) -> bool:
        return not self.mime_types or mime_type.partition(";")[0].strip() in self.mime_types


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be done through a provider. What is not there is not offered, and refused with a clear word."""

    kinds: frozenset[MessageType]
    """What operators may send."""
    files: Mapping[MessageType, FileLimit] = field(default_factory=dict)
    files_by: FilesBy = FilesBy.UPLOAD
    interactive: frozenset[str] = frozenset()
    """Of the interactive messages `button`, `list` and `cta_url`."""
    quotes: bool = False
    """A reply can quote a message."""
    reactions: bool = False
    read_receipts: bool = False
    typing: bool = False
    template_list: bool = False
    """The provider tells which templates there are; otherwise an administrator enters them."""
    window: bool = True
    """Free text is taken for 24 hours after a customer's message only."""
    ticks: Ticks = Ticks.EXACT
    settles_lost_answers: bool = False
    """What we send along comes back in statuses, so that a send whose answer was lost settles by itself."""
    per_second: float = CHANNEL_MESSAGES_PER_SECOND
    """Messages that a number may send."""
    pair_seconds: float = PAIR_SECONDS_PER_MESSAGE
    """Between two messages to one customer, on average."""
    switchable: frozenset[str] = frozenset()
    """What nobody outside the provider knows to work, off until an administrator tries: words of `switched`."""

    def switched(self, on: Iterable[str]) -> "Capabilities":
        """The same with some of `switchable` on: names of kinds of message, `quotes`, `reactions`, `read_receipts`,
        `typing`, `interactive`."""
        wanted = self.switchable & set(on)
        if not wanted:
            return self
        kinds = self.kinds | {kind for kind in MessageType if kind.value in wanted}
        interactive = frozenset(("button", "list", "cta_url")) if "interactive" in wanted else self.interactive
        return replace(
            self,
            kinds=kinds,
            interactive=interactive,
            quotes=self.quotes or "quotes" in wanted,
            reactions=self.reactions or "reactions" in wanted,
            read_receipts=self.read_receipts or "read_receipts" in wanted,
            typing=self.typing or "typing" in wanted,
        )

    def as_json(self) -> dict[str, Any]:
        """For a dashboard, which offers nothing else."""
        return {
            "kinds": sorted(self.kinds),
            "files": {
                kind.value: {"bytes_max": limit.bytes_max, "mime_types": sorted(limit.mime_types)}
                for kind, limit in self.files.items()
                if kind in self.kinds
            },
            "interactive": sorted(self.interactive),
            "quotes": self.quotes,
            "reactions": self.reactions,
            "read_receipts": self.read_receipts,
            "typing": self.typing,
            "template_list": self.template_list,
            "window": self.window,
            "ticks": self.ticks.value,
            "settles_lost_answers": self.settles_lost_answers,
        }


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an administrator tells about a number at a provider."""

    name: str
    """In snake_case; on the command line with hyphens."""
    about: str
    """What it is, for whoever enters it."""
    secret: bool = False
    default: str | None = None
    """None: it must be told."""
    pattern: str = r"[^\x00-\x1f\x7f]+"


@dataclass(frozen=True, slots=True)
class ChannelForm:
    """What a number of one provider is set up by. `proof` names the field whose fingerprint a webhook is believed by;
    without one it is the unguessable part of the channel's own address."""

    provider: str
    title: str
    api_base_url: str
    fields: tuple[Field, ...]
    capabilities: Capabilities
    proof: str | None = None
    app_level_url: bool = False
    """Whether several numbers may share one webhook address, told apart by what a body names."""

    @property
    def page(self) -> str:
        """What explains it to whoever sets up a number."""
        return f"docs/channels/{self.title.split()[0].lower()}.md"

    def field_named(self, name: str) -> Field | None:
        return next((found for found in self.fields if found.name == name), None)


@dataclass(frozen=True, slots=True)
class Access:
    """How one number is reached: what its adapter may know of a channel. Never logged or serialised."""

    provider: str
    phone_number_id: str
    display_phone_number: str | None
    api_base_url: str
    """Without a slash at its end."""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the form's fields say, secrets included; defaults are filled in."""
    webhook_url: str | None = field(default=None, repr=False)
    """Where the provider knocks, as far as we know how we are reached."""

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")
