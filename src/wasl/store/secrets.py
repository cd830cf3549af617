"""Secrets at rest: every key of the installation is derived from one, and providers' secrets are sealed with it."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wasl.errors import Misconfigured

_FORMAT = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_FINGERPRINT_CHARACTERS = 32

WRONG_KEY = (
    "WASL_SECRET_KEY is not the one this database was set up with: provider secrets cannot be read. "
    "Start with the former key (without WASL_SECRET_KEY it stands in secret.key of the data directory)."
)


class SecretBox:
    """Seals and opens with keys derived from the installation's secret, which it does not keep."""

    def __init__(self, key: bytes) -> None:
        # Extracted once: the long secret is not held, and each purpose expands its own key from this one.
        self._root = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=b"wasl", info=b"root").derive(key)
        self._cipher = AESGCM(self.derive("channel secrets"))
        self._proof_key = self.derive("proofs")

    def derive(self, purpose: str) -> bytes:
        """The key of 32 bytes for one purpose; no purpose's key tells anything of another's."""
        return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose.encode()).derive(self._root)

    def fingerprint(self, secret: bytes) -> str:
        """Name a secret by 32 hex digits. Keyed: whoever reads the database cannot even test a guess."""
        return hmac.new(self._proof_key, secret, hashlib.sha256).hexdigest()[:_FINGERPRINT_CHARACTERS]

    def check_value(self) -> str:
        """What tells, kept in the database, whether a later start has the same key."""
        return self.derive("check").hex()[:_FINGERPRINT_CHARACTERS]

    def seal(self, plain: bytes, bound_to: str) -> bytes:
        """Encrypt; the result opens only for the same `bound_to`, so that a row copied to another place is refused."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain, bound_to.encode())

    def unseal(self, sealed: bytes, bound_to: str) -> bytes:
        """Decrypt what `seal` made. Raises Misconfigured when the key or the place is another."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _FORMAT or len(nonce) != _NONCE_BYTES:
            raise Misconfigured("A channel's secrets in the database are damaged: add the channel again.")
        try:
            return self._cipher.decrypt(nonce, body, bound_to.encode())
        except InvalidTag as error:
            raise Misconfigured(WRONG_KEY) from error
