"""Whether a request that carries the cookie was made by our own pages, and not by somebody else's."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from wasl.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]


def require_same_origin(headers: Mapping[str, str], public_url: str | None) -> None:
    """Raise Forbidden (`wrong_origin`) when a browser says that another site made the request.

    Every browser of today tells where an unsafe request comes from; what tells nothing is a program, which no other
    site can make send our cookie.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise _wrong_origin()
    elif origin is not None and not _is_ours(origin, headers.get("host", ""), public_url):
        raise _wrong_origin()


def _is_ours(origin: str, host: str, public_url: str | None) -> bool:
    return _names_host(origin, host) or (public_url is not None and _origin(origin) == _origin(public_url))


def _names_host(origin: str, host: str) -> bool:
    found = _origin(origin)
    # Behind a proxy that ends TLS we cannot know our own scheme: the origin's is taken for the host too.
    return found is not None and found == _origin(f"{found[0]}://{host}")


def _origin(url: str) -> Origin | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None:
        return None
    return (parts.scheme, parts.hostname, port)


def _wrong_origin() -> Forbidden:
    return Forbidden("This request was made by another site, so it was refused.", code="wrong_origin")
