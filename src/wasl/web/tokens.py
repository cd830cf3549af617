"""Session tokens: signed, checked, and the checked ones remembered: a return costs no second look at a signature."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import jwt

from wasl.clock import now_ms
from wasl.errors import NotSignedIn
from wasl.limits import TOKEN_CHARACTERS_MAX, TOKENS_REMEMBERED_MAX

_ALGORITHM = "HS256"
# Base64 is read leniently: whatever else stands among its letters is passed over, and so are the last bits of a
# signature. Without this a session would have endless tokens, and each of them would be remembered.
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_CLAIMS = ["sub", "account", "version", "jti", "iat", "exp"]

Claims = Mapping[str, Any]


class Tokens:
    """Only what a signature proves never changes is remembered: which claims these very bytes carry. Whether a token
    has expired is asked each time here, and whether its session still holds is for the caller to ask, each time too.

    A token itself is not kept but its digest: what lies in memory opens no session. Only genuine tokens are remembered,
    so that nobody without one can push another's out.
    """

    def __init__(self, key: bytes, remembered_max: int = TOKENS_REMEMBERED_MAX) -> None:
        self._key = key
        self._remembered_max = remembered_max
        self._remembered: OrderedDict[bytes, Claims] = OrderedDict()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._remembered)

    def sign(self, claims: dict[str, Any]) -> str:
        """A token that carries these claims."""
        return jwt.encode(claims, self._key, _ALGORITHM)

    def claims_of(self, token: str) -> Claims:
        """What a token says, if it is ours and its time is not over. Raises NotSignedIn."""
        if len(token) > TOKEN_CHARACTERS_MAX or not _FORM.fullmatch(token):
            raise NotSignedIn("This session is not valid; sign in again.")
        # A letter that no token has must not break the digest; the signature will not fit.
        digest = sha256(token.encode(errors="surrogatepass")).digest()
        claims = self._remembered.get(digest)
        if claims is None:
            claims = self._remembered[digest] = self._checked(token)
            if len(self._remembered) > self._remembered_max:
                self._remembered.popitem(last=False)
        else:
            self._remembered.move_to_end(digest)
        if claims["exp"] * 1000 <= now_ms():
            del self._remembered[digest]
            raise _expired()
        return claims

    def _checked(self, token: str) -> Claims:
        try:
            return jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                # Another node's clock may be ahead of ours: a session is not refused for beginning in a second.
                options={"require": _CLAIMS, "verify_iat": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise _expired() from error
        except jwt.InvalidTokenError as error:
            raise NotSignedIn("This session is not valid; sign in again.") from error


def _expired() -> NotSignedIn:
    return NotSignedIn("This session has expired; sign in again.", code="session_expired")
