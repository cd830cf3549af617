"""What the writer still knows of the customers who just wrote, so that it need not read them again.

It holds for one log position: every change of a conversation appends an event, so as long as an account's head is the
one that we left, nobody has changed what is remembered here. Anything else, or a failed transaction, forgets it all.
"""

from dataclasses import dataclass, field

from wasl.domain.identity import Identity
from wasl.limits import RECALLED_CONVERSATIONS_MAX
from wasl.store.conversation_row import Conversation

Head = tuple[int, int]


@dataclass(slots=True)
class Recalled:
    """The remembered part of one account at one head: a sequence, and the tag by which another history would show."""

    head: Head = (-1, 0)
    conversations: dict[int, Conversation] = field(default_factory=dict)
    keys: dict[tuple[int, int], int] = field(default_factory=dict)
    """(channel, contact) → conversation key."""
    names: dict[str, int] = field(default_factory=dict)
    contacts: dict[Identity, int] = field(default_factory=dict)
    former: set[Identity] = field(default_factory=set)
    """Those of `contacts` that were given up."""

    def index(self, conversation: Conversation) -> None:
        """Remember a conversation under all its names."""
        self.conversations[conversation.key] = conversation
        if conversation.continued_in is None:
            self.keys[conversation.channel.channel_id, conversation.contact_id] = conversation.key
        self.names[conversation.id] = conversation.key

    def forget_key(self, conversation: Conversation) -> None:
        """Let a contact no longer lead to a conversation on its channel."""
        place = (conversation.channel.channel_id, conversation.contact_id)
        if self.keys.get(place) == conversation.key:
            del self.keys[place]


class Recall:
    """The remembered parts of all accounts, bounded."""

    def __init__(self, conversations_max: int = RECALLED_CONVERSATIONS_MAX) -> None:
        self._conversations_max = conversations_max
        self._accounts: dict[int, Recalled] = {}
        self._held = 0

    def take(self, account_id: int, head: Head) -> Recalled:
        """What is known of an account at this head; the caller gives it back only after a commit."""
        found = self._accounts.pop(account_id, None)
        if found is not None:
            self._held -= len(found.conversations)
        return found if found is not None and found.head == head else Recalled(head)

    def give_back(self, account_id: int, recalled: Recalled) -> None:
        """Remember an account as a committed transaction left it; whoever wrote longest ago makes room."""
        if len(recalled.conversations) > self._conversations_max:
            return
        self._accounts[account_id] = recalled
        self._held += len(recalled.conversations)
        while self._held > self._conversations_max:
            oldest = next(iter(self._accounts))
            self._held -= len(self._accounts.pop(oldest).conversations)
