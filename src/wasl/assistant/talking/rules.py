"""When a person is called whatever the assistant could say."""

from collections.abc import Collection, Iterator

from wasl.assistant.language.wishes import courtesy_of, wants_person
from wasl.assistant.talking.checking import needs_source
from wasl.domain.assistant import Answered, Brief, Line, Reason
from wasl.domain.assistant_settings import AssistantSettings, ModelTerms
from wasl.domain.message import MessageType
from wasl.domain.mood import UPSET_BELOW
from wasl.domain.notes import Note, NoteCode
from wasl.domain.plain_words import first_named, has_words, plain_words

CHARACTERS_READ_MAX = 20_000
"""Of a burst that is searched for wishes and named words: five of WhatsApp's longest messages, in some 30 ms."""
_WORDLESS = frozenset((MessageType.STICKER, MessageType.LOCATION, MessageType.CONTACTS, MessageType.UNSUPPORTED))
"""What stands in the bubble of these is ours, or a name: it asks nothing."""
_SOUNDS = frozenset((MessageType.VOICE, MessageType.AUDIO))


def call_for_person(brief: Brief, mood: int, settings: AssistantSettings, at_ms: int) -> Answered | None:
    """The hand-over that a rule asks for, or None: the first of an upset customer, their wish for a person, a tag, a
    keyword, closed hours, and a burst without a word."""
    reasons = _reasons(brief, mood, settings, at_ms)
    return next((Answered(None, reason, note) for reason, note in reasons), None)


def _reasons(brief: Brief, mood: int, settings: AssistantSettings, at_ms: int) -> Iterator[tuple[Reason, Note]]:
    """All that there are, each with the sentence that operators read."""
    rules, hours, text = settings.rules, settings.hours, brief.text[:CHARACTERS_READ_MAX]
    if rules.upset and mood <= UPSET_BELOW:
        yield Reason.UPSET, Note(NoteCode.CUSTOMER_UPSET)
    if wants_person(text):
        yield Reason.ASKED, Note(NoteCode.CUSTOMER_ASKS)
    if (tag := _named_tag(brief.tags, rules.vip_tags)) is not None:
        yield Reason.VIP, Note(NoteCode.TAGGED, tag=tag)
    if (word := first_named(text, rules.keywords)) is not None:
        yield Reason.KEYWORD, Note(NoteCode.KEYWORD, word=word)
    if not hours.assistant_answers and not hours.is_open(at_ms):
        yield Reason.CLOSED, Note(NoteCode.CLOSED_HOURS)
    # After an answer a thumb or folded hands say as much as "thank you" does.
    thanks = bool(brief.history) and courtesy_of(brief.text) is not None
    if not thanks and not any(_can_be_read(line, settings.model) for line in brief.question):
        yield Reason.UNREADABLE, Note(NoteCode.NOTHING_READABLE)


def still_learning(settings: AssistantSettings, agreement: int, comparisons: int) -> Note | None:
    """Why a topic is not yet the assistant's own, as a sentence for operators; None when it is. `agreement` with what
    people sent is told over so many `comparisons`, the newest ones."""
    wanted, enough = settings.agreement_from, max(1, settings.agreement_samples)
    if not wanted or (comparisons >= enough and agreement >= wanted):
        return None
    if not comparisons:
        return Note(NoteCode.STILL_LEARNING, compared=0, wanted=enough)
    return Note(
        NoteCode.STILL_LEARNING_AGREEMENT,
        compared=comparisons,
        wanted=enough,
        agreement=agreement,
        agreement_wanted=wanted,
    )


def claims_something(reply: str, question: str, sources: Collection[object]) -> bool:
    """Whether a reply says anything that may be right or wrong: a courtesy and a question back are of no topic, and
    nobody earns them."""
    return bool(sources) or needs_source(reply, Brief(0, (Line("user", question),)))


def _named_tag(tags: tuple[str, ...], wanted: tuple[str, ...]) -> str | None:
    known = [plain_words(tag) for tag in wanted]
    return next((tag for tag in tags if plain_words(tag) in known), None)


def _can_be_read(line: Line, model: ModelTerms) -> bool:
    """Whether a message says something, or is a picture or a sound of which the model can tell what it says."""
    if line.type in _WORDLESS:
        return False
    if has_words(line.text):
        return True
    if line.type == MessageType.IMAGE:
        return model.is_set and model.sees
    return line.type in _SOUNDS and bool(model.base_url and model.transcription)
