"""Voice notes in words: written down once, kept with their message, and read like any other words of the customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from wasl.domain.assistant import Usage
from wasl.domain.events import EventKind
from wasl.store.database import Connection, by_fours
from wasl.store.draft import Draft
from wasl.store.listening import listen
from wasl.store.message_row import Message
from wasl.store.needs import MESSAGES_AT, Needs
from wasl.store.spending import count_use


@dataclass(frozen=True, slots=True)
class Listened:
    """What a conversation's customer sounds like once their words are known."""

    language: str | None
    mood: int


@dataclass(frozen=True, slots=True)
class KeepTranscript:
    """A voice note was written down. What that has cost counts, whatever becomes of the words."""

    account_id: int
    sequence: int
    transcript: str
    day: str
    usage: Usage

    def needs(self) -> Needs:
        return Needs(sequences={self.sequence})

    def apply(self, draft: Draft) -> Listened | None:
        """Show it; None when the message was deleted, or written down by another meanwhile."""
        count_use(draft, self.day, self.usage, turns=0)
        message = draft.message_at(self.sequence)
        if message is None or message.deleted_ms is not None or message.metadata.get("transcript"):
            return None
        conversation = draft.conversation(message.conversation_key)
        listen(conversation, self.transcript)
        message.metadata = {**message.metadata, "transcript": self.transcript}
        message.version = conversation.version = draft.next_sequence()
        parts = {"message": message.as_json(), "conversation": conversation.as_json(), "changed": "transcript"}
        draft.append(EventKind.MESSAGE_UPDATED, conversation, parts)
        return Listened(conversation.language, conversation.mood)


def messages_at(connection: Connection, account_id: int, sequences: Sequence[int]) -> list[Message]:
    """Messages by their places in the log, as they are now and in that order."""
    answers = connection.queries(list(by_fours(MESSAGES_AT, account_id, sorted(sequences))))
    found = {message.sequence: message for rows in answers for message in map(Message.of_row, rows)}
    return [found[sequence] for sequence in sorted(found)]
