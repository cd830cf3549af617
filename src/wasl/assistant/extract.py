"""A conversation in a few lines without a model: taken from it word for word, under headings in the reader's words."""

from collections.abc import Mapping, Sequence

from wasl.assistant.limits import LINE_CHARACTERS_MAX, SUMMARY_CHARACTERS_MAX
from wasl.assistant.plain_text import beginning, plain
from wasl.domain.assistant import Brief, Line
from wasl.domain.mood import sentiment_of

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "customer": "Customer: {0}",
        "open": "Open question: {0}",
        "before": "Asked before: {0}",
        "last": "Last question: {0}",
        "by_assistant": "Last answer, by the assistant: {0}",
        "by_colleague": "Last answer, by a colleague: {0}",
        "known": "Known: {0}",
        "tags": "Tags: {0}",
        "waits": "The customer waits for an answer.",
        "nothing_open": "Nothing is open.",
        "and": ", ",
        "positive": "positive",
        "neutral": "neutral",
        "negative": "negative",
        "ar": "Arabic",
        "arabizi": "Arabic in Latin letters",
        "en": "English",
        "fr": "French",
    },
    "ar": {
        "customer": "العميل: {0}",
        "open": "سؤال بلا جواب: {0}",
        "before": "سأل قبل ذلك: {0}",
        "last": "آخر سؤال: {0}",
        "by_assistant": "آخر جواب، من المساعد: {0}",
        "by_colleague": "آخر جواب، من أحد الزملاء: {0}",
        "known": "معلومات: {0}",
        "tags": "وسوم: {0}",
        "waits": "العميل ينتظر جواباً.",
        "nothing_open": "لا شيء معلّق.",
        "and": "، ",
        "positive": "مزاج جيد",
        "neutral": "مزاج عادي",
        "negative": "مزاج سيئ",
        "ar": "العربية",
        "arabizi": "العربية بحروف لاتينية",
        "en": "الإنكليزية",
        "fr": "الفرنسية",
    },
}


def extract(brief: Brief, mood: int, language: str = "en") -> str:
    """Who the customer is, what they asked, what was answered, and what is open."""
    words = _WORDS.get("ar" if language == "arabizi" else language, _WORDS["en"])
    who = filter(None, (brief.customer, words.get(brief.language or ""), words[sentiment_of(mood)]))
    asked = [line for line in brief.history if line.role == "user"]
    said = [line for line in brief.history if line.role != "user"]
    lines = [words["customer"].format(" ".join(plain(words["and"].join(who)).split()))]
    if brief.question:
        lines.append(words["open"].format(_shown(brief.question)))
        lines += [words["before"].format(_shown(asked[-1:]))] if asked else []
    elif asked:
        lines.append(words["last"].format(_shown(asked[-1:])))
    if said:
        speaker = "by_assistant" if said[-1].role == "bot" else "by_colleague"
        lines.append(words[speaker].format(_shown(said[-1:])))
    if brief.facts:
        lines.append(words["known"].format("; ".join(map(plain, brief.facts))))
    if brief.tags:
        lines.append(words["tags"].format(words["and"].join(map(plain, brief.tags))))
    lines.append(words["waits" if brief.question else "nothing_open"])
    return beginning("\n".join(lines), SUMMARY_CHARACTERS_MAX)


def _shown(lines: Sequence[Line]) -> str:
    texts = (plain(line.text).strip() or f"[{line.type}]" for line in lines)
    return beginning(" / ".join(" ".join(text.split()) for text in texts), LINE_CHARACTERS_MAX)
