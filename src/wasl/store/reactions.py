"""Reactions to messages: the customer has one, and so has the business, whether by an operator or on its phone.

An operator's click is shown at once and told to the customer as a signal. Clicks are numbered, and those that WhatsApp
has taken, or may take yet, stand in the reaction: if one is refused, at once or later, the one before it is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wasl.clock import iso, ms_of
from wasl.domain.channels import Capabilities
from wasl.domain.emoji import is_emoji
from wasl.domain.message import MessageStatus, Origin, Role
from wasl.domain.sending import SignalKind
from wasl.errors import Conflict, Invalid, NotFound
from wasl.limits import CLICKS_REMEMBERED_MAX
from wasl.store.conversation_row import Conversation
from wasl.store.draft import Draft
from wasl.store.message_row import Json, Message
from wasl.store.needs import Needs
from wasl.store.signals import DueSignal, drop_signal, note_signal, signal_told, untold_click
from wasl.store.touch import touch_message
from wasl.store.window import window_is_open

BUSINESS = "business"
FAILURE = "reaction_error"
"""Where a message's metadata says why the business's last reaction did not reach the customer."""
_AT_WHATSAPP = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)


@dataclass(frozen=True, slots=True)
class React:
    """An operator reacts to a message, or takes the reaction away with an empty emoji. `able` tells what a channel
    can do, by its id."""

    account_id: int
    conversation_id: str
    message_id: str
    emoji: str
    able: Callable[[int], Capabilities | None]

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Message:
        """Show it and let it be told. Raises NotFound, Invalid `not_supported` and `unfit_content`, and Conflict
        `window_closed` and `not_at_whatsapp`: nobody can react to what the customer does not have."""
        conversation = draft.conversation_named(self.conversation_id)
        message = draft.message_where(
            "m.channel_id = ? AND m.message_id = ?", (conversation.channel.channel_id, self.message_id)
        )
        if message is None or message.conversation_key != conversation.key:
            raise NotFound("There is no such message.")
        able = self.able(conversation.channel.channel_id)
        if able is None or not able.reactions:
            raise Invalid("This channel does not take reactions.", code="not_supported")
        if self.emoji and not is_emoji(self.emoji):
            raise Invalid("A reaction is one emoji.", code="unfit_content")
        current = _of(message, BUSINESS)
        if (current["emoji"] if current else "") == self.emoji:
            return message
        name = _name_at_whatsapp(message)
        if able.window and not window_is_open(draft, conversation):
            raise Conflict(
                "The customer last wrote more than 24 hours ago. WhatsApp takes no reactions now.",
                code="window_closed",
                details={"window_expires_at": conversation.as_json()["window_expires_at"]},
            )
        self._click(draft, conversation, message, name)
        return message

    def _click(self, draft: Draft, conversation: Conversation, message: Message, name: str) -> None:
        current = _of(message, BUSINESS) or {}
        number = int(current.get("clicks", 0)) + 1
        # What was never told cannot be what the customer sees if this is refused.
        untold = untold_click(draft, conversation, message.id)
        taken = [click for click in current.get("taken", ()) if click[0] != untold]
        # Not before what WhatsApp's clock has told of an earlier one: the order of what happens here is certain.
        at_ms = max(draft.now_ms, _ms_of(current))
        _show(message, BUSINESS, self.emoji, at_ms, number, [*taken, [number, self.emoji]])
        message.metadata = {key: value for key, value in message.metadata.items() if key != FAILURE}
        note_signal(draft, conversation, SignalKind.REACTION, message.id, name, number, self.emoji)
        touch_message(draft, message, "reaction")


def _name_at_whatsapp(message: Message) -> str:
    named = message.id if message.role == Role.USER or message.origin != Origin.LIVE else message.provider_message_id
    sent = message.status is None or message.status in _AT_WHATSAPP
    if named is None or not sent or message.role == Role.SYSTEM or message.deleted_ms is not None:
        raise Conflict("The customer does not have this message.", code="not_at_whatsapp")
    return named


def react_to_message(draft: Draft, message: Message, actor: str, emoji: str, at_ms: int) -> bool:
    """Set an actor's reaction as WhatsApp tells it, or take it away with an empty emoji; an older one that arrives late
    changes nothing. WhatsApp's clock tells whole seconds: within one, what arrives later is the later.

    A removal is kept as an empty reaction, so that the one it took away cannot come back by arriving after it.
    """
    current = _of(message, actor)
    if message.deleted_ms is not None or _ms_of(current) // 1000 > at_ms // 1000:
        return False
    if current is not None and current["emoji"] == emoji:
        return False
    if actor != BUSINESS:
        _show(message, actor, emoji, at_ms)
    else:
        number = int((current or {}).get("clicks", 0)) + 1
        _show(message, actor, emoji, at_ms, number, [[number, emoji]])
        drop_signal(draft, message)
    touch_message(draft, message, "reaction")
    return True


def take_back(draft: Draft, message: Message, click: int, code: str | None, sentence: str | None) -> bool:
    """A click was refused: show the one before it, and why; False when that was known, or there is no such click."""
    current = _of(message, BUSINESS)
    if current is None or message.deleted_ms is not None:
        return False
    taken = [tuple(found) for found in current.get("taken", ())]
    left = [found for found in taken if found[0] != click]
    if left == taken:
        return False
    emoji = left[-1][1] if left else ""
    if taken[-1][0] == click:
        error = {"emoji": taken[-1][1], "code": code, "message": sentence}
        message.metadata = {**message.metadata, FAILURE: error}
    _show(message, BUSINESS, emoji, _ms_of(current), int(current["clicks"]), [list(found) for found in left])
    touch_message(draft, message, "reaction")
    return True


@dataclass(frozen=True, slots=True)
class RefuseReaction:
    """The provider will not take a reaction, or was asked too often in vain."""

    due: DueSignal
    code: str
    sentence: str

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether it was shown until now."""
        signal_told(draft.connection, self.due)
        where = "m.channel_id = ? AND m.message_id = ?"
        message = draft.message_where(where, (self.due.channel_id, self.due.target))
        return message is not None and take_back(draft, message, self.due.version, self.code, self.sentence)


def _of(message: Message, actor: str) -> Json | None:
    return next((reaction for reaction in message.reactions if reaction["from"] == actor), None)


def _ms_of(reaction: Json | None) -> int:
    """When it was shown as it is; 0 for none."""
    return ms_of(reaction["timestamp"]) if reaction else 0


def _show(
    message: Message,
    actor: str,
    emoji: str,
    at_ms: int,
    clicks: int | None = None,
    taken: list[list[object]] | None = None,
) -> None:
    others = [reaction for reaction in message.reactions if reaction["from"] != actor]
    shown: Json = {"emoji": emoji, "from": actor, "timestamp": iso(at_ms)}
    if taken is not None:
        shown |= {"clicks": clicks, "taken": taken[-CLICKS_REMEMBERED_MAX:]}
    message.reactions = [*others, shown]
