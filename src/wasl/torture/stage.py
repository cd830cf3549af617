"""What those who act need to know of an installation (installation.py), and nothing else: a test's stand-in will do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Somebody(Protocol):
    """An operator."""

    @property
    def id(self) -> int: ...
    @property
    def email(self) -> str: ...
    @property
    def password(self) -> str: ...


class Company(Protocol):
    """An account with its channel and its operators."""

    @property
    def id(self) -> int: ...
    @property
    def phone_number_id(self) -> str: ...
    @property
    def display(self) -> str: ...
    @property
    def app_secret(self) -> str: ...
    @property
    def operators(self) -> Sequence[Somebody]: ...


class Door(Protocol):
    """A node, and the address at which it is knocked."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def direct_url(self) -> str: ...
    @property
    def pid(self) -> int: ...
    @property
    def alive(self) -> bool: ...
    def resident_bytes(self) -> int:
        """The memory that it holds."""
        ...


class Stage(Protocol):
    """The installation."""

    @property
    def nodes(self) -> Sequence[Door]: ...
    @property
    def accounts(self) -> Sequence[Company]: ...
    @property
    def emulator_url(self) -> str: ...
    @property
    def database_url(self) -> str | None: ...
    @property
    def database_file(self) -> Path | None: ...
