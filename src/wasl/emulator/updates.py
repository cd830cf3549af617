"""What a business is told."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Update:
    """One thing: a field of the webhook, its value as Meta writes it, and the ids that name what is in it."""

    field: str
    value: dict[str, Any]
    provider_ids: tuple[str, ...]
