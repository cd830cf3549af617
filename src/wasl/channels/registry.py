"""All adapters there are: whatever file stands in `providers/` is one."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from wasl.channels import providers
from wasl.channels.adapter import Adapter
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.domain.channels import ChannelForm


def forms() -> Mapping[str, ChannelForm]:
    """What a channel of each provider is set up by, by the provider's word."""
    found = [import_module(f"{providers.__name__}.{module.name}").FORM for module in iter_modules(providers.__path__)]
    return {form.provider: form for form in found}


def adapters(exchange: Exchange, downloads: Downloads) -> Mapping[str, Adapter]:
    """Every adapter, by its provider's word."""
    modules = [import_module(f"{providers.__name__}.{module.name}") for module in iter_modules(providers.__path__)]
    made: list[Adapter] = [module.adapter(exchange, downloads) for module in modules]
    return {adapter.form.provider: adapter for adapter in made}
