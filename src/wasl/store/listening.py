"""What a customer's words tell beside what they say: in which language, in what mood, and so how urgent it is."""

from wasl.domain.conversation import ConversationStatus
from wasl.domain.language import language_of
from wasl.domain.mood import feeling_of, mood_after, sentiment_of, urgency
from wasl.store.conversation_row import Conversation


def listen(conversation: Conversation, text: str) -> None:
    """Let a conversation follow its customer's newest words. A language that cannot be told stays what it was."""
    conversation.language = language_of(text) or conversation.language
    conversation.mood = mood_after(conversation.mood, feeling_of(text))
    # What is neither stands in no index: it is nearly all of them.
    word = sentiment_of(conversation.mood)
    conversation.sentiment = None if word == "neutral" else word
    weigh(conversation)


def weigh(conversation: Conversation) -> None:
    """Say how urgent it is that a person answers: of those who wait the greatest priority comes first."""
    waits = conversation.handover.status is ConversationStatus.WAITING_HUMAN
    reason, level = conversation.handover.reason, conversation.window_level
    conversation.priority = urgency(reason, conversation.mood, level) if waits else 0
