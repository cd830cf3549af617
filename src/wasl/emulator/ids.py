"""Makes ids that look like Meta's: messages, media, business-scoped users, traces."""

import base64
import hashlib
import secrets

# Business-scoped ids begin with the user's country. Anything else counts as the United States.
COUNTRY_OF_PREFIX = {
    "961": "LB",
    "962": "JO",
    "963": "SY",
    "966": "SA",
    "971": "AE",
    "20": "EG",
    "44": "GB",
    "33": "FR",
}


def message_id_of(phone: str, *, sent_by_business: bool, seed: str | None = None) -> str:
    """Return a `wamid.`; with a seed always the same one, so that a story told twice has the same ids."""
    unique = hashlib.sha256(seed.encode()).hexdigest()[:20] if seed else secrets.token_hex(10)
    person = phone.encode()[:255]
    direction = 0x11 if sent_by_business else 0x12
    packed = b"\x1c\x18" + bytes([len(person)]) + person + bytes([0x15, 2, 0, direction, 0x18, 0x14])
    return "wamid." + base64.b64encode(packed + unique.upper().encode() + b"\x00").decode()


def business_scoped_id_of(phone_or_name: str, portfolio: str) -> str:
    """Return the user id under which one portfolio of numbers knows a customer: always the same for the same two."""
    digest = hashlib.sha256(f"{portfolio}/{phone_or_name}".encode()).hexdigest()
    return f"{_country_of(phone_or_name)}.{int(digest[:16], 16) % 10**17:017d}"


def new_media_id() -> str:
    return str(secrets.randbelow(9 * 10**15) + 10**15)


def new_trace_id() -> str:
    return "A" + secrets.token_urlsafe(16)


def new_secret() -> str:
    return secrets.token_hex(16)


def _country_of(phone: str) -> str:
    return next((country for prefix, country in COUNTRY_OF_PREFIX.items() if phone.startswith(prefix)), "US")
