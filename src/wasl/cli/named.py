"""What a person names at the command line: an account, a number."""

from wasl.errors import NotFound
from wasl.memory import Memory
from wasl.store.team import Account, Channel


def channel_of(memory: Memory, account: str, phone_number_id: str) -> Channel:
    """The number of an account that a person named. Raises NotFound with a hint."""
    owner = account_of(memory, account)
    for channel in memory.team.channels(owner.id):
        if channel.phone_number_id == phone_number_id:
            return channel
    raise NotFound(f"{owner.name} has no number {phone_number_id}; `wasl channel list` shows them.")


def account_of(memory: Memory, id_or_name: str) -> Account:
    """The account that a person named. Raises NotFound with a hint."""
    account = memory.team.account_named(id_or_name)
    if account is None:
        raise NotFound(f"There is no account “{id_or_name}”; `wasl account list` shows them.")
    return account
