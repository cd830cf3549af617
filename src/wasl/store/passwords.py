"""Operators' passwords, kept as Argon2 hashes. Each call takes tens of milliseconds and 64 MiB: run it on a thread."""

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wasl.errors import Invalid
from wasl.limits import PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN

_hasher = PasswordHasher()


@functools.cache
def nobodys_hash() -> str:
    """What an unknown e-mail address is checked against, so that the answer takes as long as for a known one."""
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Hash a new password. Raises Invalid when it is too short or absurdly long."""
    if not PASSWORD_CHARACTERS_MIN <= len(password) <= PASSWORD_CHARACTERS_MAX:
        raise Invalid(f"A password has {PASSWORD_CHARACTERS_MIN} to {PASSWORD_CHARACTERS_MAX} characters.")
    return _hasher.hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Compare a password with a stored hash."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
