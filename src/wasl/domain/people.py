"""The people of an account, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum


class OperatorRole(StrEnum):
    """From the one who answers customers to the one who owns the account."""

    OPERATOR = "operator"
    ADMIN = "admin"
    OWNER = "owner"

    def at_least(self, other: "OperatorRole") -> bool:
        """Say whether this role includes what `other` may do."""
        order = list(OperatorRole)
        return order.index(self) >= order.index(other)


class Availability(StrEnum):
    """What an operator tells colleagues."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Operator:
    """A person of an account. `token_version` rises to end all of the person's sessions."""

    id: int
    account_id: int
    email: str
    name: str
    role: OperatorRole
    status: Availability
    token_version: int
    scope_sequence: int
    disabled: bool
