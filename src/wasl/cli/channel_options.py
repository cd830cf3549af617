"""What the forms of all providers ask for, as options of a command."""

import argparse

from wasl.channels.registry import forms
from wasl.cli.ask import add_secret_option, ask_secret, given_secret
from wasl.domain.channels import ChannelForm, Field


def add_value_options(parser: argparse.ArgumentParser, *, asked_for: bool = True) -> None:
    """Add an option for each setting of any provider, and a way in for each secret."""
    for known in _fields_of_all():
        option = known.name.replace("_", "-")
        if known.secret:
            add_secret_option(parser, option, _variable(known), asked_for=asked_for and _is_needed(known))
        else:
            parser.add_argument(f"--{option}", metavar="X", help=_help_of(known))


def values_for(asked: argparse.Namespace, form: ChannelForm, *, ask: bool = True) -> dict[str, str]:
    """What was told; a setting of another provider too, so that it is refused instead of forgotten. A person is asked
    for a secret that must be there, unless not to `ask`."""
    told = {known.name: getattr(asked, known.name) for known in _fields_of_all() if not known.secret}
    told |= {known.name: _value_of(asked, known, ask) for known in form.fields}
    return {name: value for name, value in told.items() if value}


def _value_of(asked: argparse.Namespace, known: Field, ask: bool) -> str | None:
    option = known.name.replace("_", "-")
    if not known.secret:
        value: str | None = getattr(asked, known.name)
        return value
    if ask and known.default is None:
        return ask_secret(asked, option, _variable(known))
    return given_secret(asked, option, _variable(known))


def _fields_of_all() -> list[Field]:
    """What any provider asks for, each name once."""
    named: dict[str, Field] = {}
    for form in forms().values():
        for known in form.fields:
            named.setdefault(known.name, known)
    return list(named.values())


def _help_of(known: Field) -> str:
    asking = [form.provider for form in forms().values() if form.field_named(known.name)]
    return f"of {', '.join(asking)}: {known.about}".replace("%", "%%")


def _is_needed(known: Field) -> bool:
    found = (form.field_named(known.name) for form in forms().values())
    return any(field is not None and field.default is None for field in found)


def _variable(known: Field) -> str:
    return f"WASL_CHANNEL_{known.name.upper()}"
