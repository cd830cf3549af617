"""One example of every provider, by which `test_contract.py` holds its adapter to what all adapters promise.

An example stands in `tests/channels/<provider>/example.py` and is called EXAMPLE.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from channels.outgoing import RAMI, every_kind
from wasl.channels.adapter import Adapter, Knock
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.domain.channels import Access, ChannelForm, FilesBy
from wasl.domain.message import MessageType
from wasl.domain.sending import Outgoing, Recipient

HERE = Path(__file__).resolve().parent
NUMBER, CUSTOMER, WORDS = "15550100100", "9613000001", "kifak"
WEBHOOK_URL = "https://inbox.example/webhooks/{}/a-key"


@dataclass(frozen=True, slots=True)
class Example:
    """What the contract must know of a provider."""

    provider: str
    values: Mapping[str, str]
    """What a channel's form says; of secrets, made-up ones."""
    key: str
    """The field of `values` that proves to the provider who asks."""
    posted: Callable[[Access], Knock]
    """A webhook of the provider's, proven as it proves them: CUSTOMER says WORDS to NUMBER."""
    forged: Callable[[Access], Knock] | None
    """The same by somebody who does not know the secret; None where the unguessable address is the proof."""
    takes: bytes
    """What the provider answers to a send that it takes."""
    to: Recipient = field(default_factory=lambda: RAMI)
    """How it reaches CUSTOMER."""

    @property
    def form(self) -> ChannelForm:
        form: ChannelForm = import_module(f"wasl.channels.providers.{self.provider}").FORM
        return form

    def adapter(self, exchange: Exchange, downloads: Downloads) -> Adapter:
        made: Adapter = import_module(f"wasl.channels.providers.{self.provider}").adapter(exchange, downloads)
        return made

    def access(self, api_base_url: str = "http://127.0.0.1:9", **changes: str) -> Access:
        """A channel of this provider's, reached at an address."""
        defaults = {known.name: known.default for known in self.form.fields if known.default is not None}
        told = {**defaults, **self.values, **changes}
        url = WEBHOOK_URL.format(self.provider)
        return Access(self.provider, NUMBER, f"+{NUMBER}", api_base_url, told, url)


def knock_of(body: bytes, headers: Mapping[str, str], provider: str) -> Knock:
    """A POST to a channel's own address."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Knock("POST", f"/webhooks/{provider}/a-key", "", raw, body)


def examples() -> dict[str, Example]:
    """Every example there is, by its provider's word."""
    folders = sorted(path.parent.name for path in HERE.glob("*/example.py"))
    found: list[Example] = [import_module(f"channels.{folder}.example").EXAMPLE for folder in folders]
    return {example.provider: example for example in found}


def kinds_of(example: Example) -> dict[str, Outgoing]:
    """A message of every kind that the provider takes, to somebody whom it reaches."""
    can = example.form.capabilities
    found = every_kind(link=can.files_by is FilesBy.LINK)
    kinds = {word: replace(made, to=example.to) for word, made in found.items() if MessageType(word) in can.kinds}
    if "template" in kinds:
        plain = {"template": {"name": "order_ready", "language": "ar", "components": []}}
        content = replace(kinds["template"].content, details=plain)
        kinds["template"] = replace(kinds["template"], content=content, file=None)
    return kinds
