"""Settings of an installation: environment variables that begin with `WASL_`, read once at the start."""

import os
import re
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from wasl.errors import Misconfigured
from wasl.limits import HEARTBEAT_SECONDS, STREAM_AGE_SECONDS, STREAMS_PER_OPERATOR

SECRET_KEY_CHARACTERS_MIN = 32
_KEY_FILE = "secret.key"
_ORIGIN = re.compile(r"https?://[^/?#@\s]+")


class Settings(BaseSettings):
    """What `wasl serve` obeys. Every field is documented in docs/running.md."""

    model_config = SettingsConfigDict(env_prefix="WASL_", frozen=True, extra="ignore")

    data_dir: Path = Path("wasl-data")
    # Their addresses may hold passwords, which a printed object should not.
    database_url: str | None = Field(default=None, repr=False)
    redis_url: str | None = Field(default=None, repr=False)
    media_url: str | None = Field(default=None, repr=False)
    media_access_key: str | None = None
    media_secret_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    public_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    heartbeat_seconds: float = Field(default=HEARTBEAT_SECONDS, ge=0.1, le=60)
    stream_age_seconds: float = Field(default=STREAM_AGE_SECONDS, ge=0.5, le=86_400)
    streams_per_operator: int = Field(default=STREAMS_PER_OPERATOR, ge=1, le=100_000)
    node: str = Field(default_factory=lambda: f"n{os.getpid()}")
    secure_cookies: bool | None = None
    tool_origins: str = ""
    model_origins: str = ""

    @property
    def trusted_tool_origins(self) -> tuple[str, ...]:
        """Where the assistant's tools may lie although it is no public address. Raises Misconfigured."""
        return _origins("WASL_TOOL_ORIGINS", self.tool_origins)

    @property
    def trusted_model_origins(self) -> tuple[str, ...]:
        """The same of models' servers; `*` is every place. Raises Misconfigured."""
        return ("*",) if self.model_origins.strip() == "*" else _origins("WASL_MODEL_ORIGINS", self.model_origins)

    def key(self) -> bytes:
        """The secret every other key is derived from; made once in the data directory when none is given.

        Raises Misconfigured for a short key, and for PostgreSQL without one: nodes must share it.
        """
        if self.secret_key is not None:
            text = self.secret_key.get_secret_value()
            if len(text) < SECRET_KEY_CHARACTERS_MIN:
                raise Misconfigured(f"WASL_SECRET_KEY must have at least {SECRET_KEY_CHARACTERS_MIN} characters.")
            return text.encode()
        if self.database_url:
            raise Misconfigured(
                "Set WASL_SECRET_KEY (32 characters or more): every node of this database needs the same one."
            )
        return _key_of(self.data_dir)


def _origins(name: str, told: str) -> tuple[str, ...]:
    origins = tuple(told.replace(",", " ").split())
    for origin in origins:
        if not _is_origin(origin):
            raise Misconfigured(f"{name}: “{origin}” must be like http://10.0.0.5:8080, with nothing after it.")
    return origins


def _is_origin(text: str) -> bool:
    try:
        return bool(_ORIGIN.fullmatch(text)) and urlsplit(text).port != 0
    except ValueError:
        return False


def _key_of(folder: Path) -> bytes:
    path = folder / _KEY_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Written under another name and linked: of two first starts at once, both read the same whole key.
        draft = folder / f".{_KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        if not path.exists():
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
    except OSError as error:
        raise Misconfigured(f"Cannot keep the secret key in {folder}: {error.strerror}.") from error
    return path.read_bytes().strip()
