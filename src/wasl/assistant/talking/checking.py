"""What a model wants to say, held against what it was given: nothing unfounded, foreign or endless reaches a customer.

These checks need no model and trust none. They cannot prove an answer right; they keep out what an invented or an
injected one gives itself away by: no source, a price, a telephone or an address that stands nowhere, another language,
our own instructions.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from wasl.assistant.limits import REPEATED_WORDS_MAX, SILENT_CHARACTERS_MAX, UNSOURCED_CHARACTERS_MAX
from wasl.assistant.talking.courtesy import is_courtesy
from wasl.domain.assistant import Brief
from wasl.domain.language import language_of

_ARABIC = ("ar", "arabizi")
_QUESTION_MARKS = ("?", "؟")
_SENTENCE_END = re.compile(r"(?<=[.!?؟\n])\s+")
_LINK = re.compile(
    # Each begins where a word does: from every letter of a long one they would look to its end.
    r"(?:(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://|(?i:\bwww)\.)[^\s<>\"']+"  # a scheme, or what looks like a site
    r"|(?<![^\s@<>\"'])[^\s@<>\"']+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"  # a mail address
    # A bare name, as telephones make links of them, also one that mixes scripts; but not two sentences without a space
    # between them.
    r"|(?<![\w@.])(?:[\w-]+\.)+(?:[a-z]{2,}|[A-Z]{2,}|[A-Za-z]{2,}(?=/)|(?i:com|net|org|biz|xyz)\b)(?:/[^\s<>\"']*)?(?!\w)"
)
_TRAILING = ".,;:!?)]}»،؛؟"
_MONEY_WORDS = (
    r"[$€£₪₺¥₹%٪]|\b(?:usd|eur|gbp|lbp|aed|sar|egp|jod|qar|kwd|l\.?l\.?|dollars?|euros?|pounds?|livres?|dirhams?|riyals?"
    r"|percent|pour ?cent)\b|دولار|يورو|ليرة|ل\.ل|درهم|ريال|جنيه|دينار|بالمئة|بالمية"
)
_NUMBER = r"(?<!\d)\d{1,18}(?:[.,٫٬' \u00a0\u202f]\d{1,18}){0,6}"
_AMOUNT = re.compile(rf"(?:{_MONEY_WORDS})\s*({_NUMBER})|({_NUMBER})\s*(?:{_MONEY_WORDS}|k\b)")
_FIGURE = re.compile(r"(?<!\w)\d+(?!\w)|\d{2,}")
"""A number, and not one of the digits by which Arabizi writes letters."""
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_DECIMAL = re.compile(r"(.*\d)[.,٫](\d{1,2})")
_DIGITS_APART = re.compile(r"\D+")
_LONG_NUMBER = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){6,}")
_RUN = re.compile(r"\d{3}")
_EVEN_GROUPS = re.compile(r"\d{1,2}([ .-])\d{1,2}(?:\1\d{1,2}){2,}")
_DATE = re.compile(
    r"\b\d{4}[-/.](?:0?[1-9]|1[0-2])[-/.](?:[12]\d|3[01]|0?[1-9])\b"
    r"|\b(?:[12]\d|3[01]|0?[1-9])[-/.](?:0?[1-9]|1[0-2])[-/.](?:20)?\d\d\b"
)
_TELEPHONE_TAIL = 7
"""Digits by which two ways of writing a telephone are one: with the country before it, or with a zero."""


def is_foreign(text: str, brief: Brief) -> bool:
    """Whether a text is in another language than the customer's, as far as that can be told. Arabizi is answered in
    Arabizi or in Arabic."""
    spoken, wanted = language_of(text), brief.language
    if spoken is None or wanted is None:
        return False
    return spoken != wanted and not (spoken in _ARABIC and wanted in _ARABIC)


def may_be_silent(brief: Brief) -> bool:
    """Whether nothing need be said to a burst: it asks nothing, and is short."""
    text = brief.text
    return len(text) <= SILENT_CHARACTERS_MAX and not any(mark in text for mark in _QUESTION_MARKS)


def needs_source(text: str, brief: Brief) -> bool:
    """Whether a reply claims something: it is neither a greeting for a greeting nor a question back."""
    if len(text) > UNSOURCED_CHARACTERS_MAX or _FIGURE.search(text):
        return True
    if is_courtesy(brief.text):
        return False
    sentences = _SENTENCE_END.split(text.strip())
    asks = sum(sentence.rstrip().endswith(_QUESTION_MARKS) for sentence in sentences)
    rest = [sentence for sentence in sentences if not sentence.rstrip().endswith(_QUESTION_MARKS)]
    return not asks or not all(map(is_courtesy, rest))


def repeats(text: str, instructions: str) -> bool:
    """Whether a text says our own instructions again, as it was perhaps talked into."""
    words, ours = _words(text), _words(instructions)
    runs = {tuple(ours[place : place + REPEATED_WORDS_MAX]) for place in range(len(ours) - REPEATED_WORDS_MAX + 1)}
    return any(tuple(words[place : place + REPEATED_WORDS_MAX]) in runs for place in range(len(words)))


def unfounded(text: str, given: Sequence[str], theirs: str = "") -> str | None:
    """A price, a percentage, an address or a long number, such as a telephone, that a reply names and that stands
    nowhere in what was given; None when there is none. Long numbers may also be the customer's own (`theirs`): that of
    their order, or their telephone."""
    return _strange_price_or_link(text, given) or _strange_number(text, (*given, theirs))


def _strange_number(text: str, given: Iterable[str]) -> str | None:
    told = [found.group() for found in _LONG_NUMBER.finditer(_DATE.sub(" ", _even(text)))]
    numbers = [_DIGITS_APART.sub("", number) for number in told if _is_one_number(number)]
    # However it is divided there, and with or without the country before it.
    known = [_DIGITS_APART.sub("", line) for one in given for line in _even(one).splitlines()] if numbers else []
    return next((one for one in numbers if not any(one[-_TELEPHONE_TAIL:] in line for line in known)), None)


def _is_one_number(written: str) -> bool:
    """Whether these digits are one number, and not the hours of a day or two prices."""
    first, _, last = written.partition("-")
    if first.isdigit() and last.isdigit() and 0 <= len(last) - len(first) <= 1 and int(first) < int(last):
        return False
    return written.startswith("+") or _RUN.search(written) is not None or _EVEN_GROUPS.fullmatch(written) is not None


def _strange_price_or_link(text: str, given: Iterable[str]) -> str | None:
    links = [found.group().rstrip(_TRAILING) for found in _LINK.finditer(unicodedata.normalize("NFKC", text))]
    told = [found[1] or found[2] for found in _AMOUNT.finditer(_even(text))]
    if not links and not told:
        return None
    known = "\n".join(map(_even, given))
    numbers = re.findall(_NUMBER, known)
    amounts = {_amount(part) for number in numbers for part in (number, *number.split())}
    strange = [link for link in links if not _is_said(_even(link).removeprefix("www."), known)]
    strange += [number for number in told if _amount(number) not in amounts]
    return strange[0] if strange else None


def _is_said(link: str, known: str) -> bool:
    """Whether an address stands there as a whole, or as the beginning of one: `bakery.co` is not said by `bakery.com`,
    nor by `evil-bakery.co`."""
    whole = rf"(?<![\w@-])(?:(?<!\.)|(?<=www\.)){re.escape(link)}(?![\w-])(?!\.\w)"
    return re.search(whole, known) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _even(text))


def _even(text: str) -> str:
    """In one form: small letters, one kind of digits."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_DIGITS)


def _amount(number: str) -> str:
    """An amount in one form, however it is divided: `1,500.50` and `1500.5` are one, and `15.00` is `15`."""
    decimal = _DECIMAL.fullmatch(number)
    whole, cents = (decimal[1], decimal[2].rstrip("0")) if decimal else (number, "")
    digits = _DIGITS_APART.sub("", whole).lstrip("0")
    return f"{digits}.{cents}" if cents else digits
