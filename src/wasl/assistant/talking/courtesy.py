"""Greetings and thanks: the only words that an answer may be made of without a source."""

import re
import unicodedata

from wasl.assistant.limits import COURTESY_WORDS_MAX

_TWICE = re.compile(r"(.)\1+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def _folded(text: str) -> str:
    """Without case, accents, vowel signs and letters that are only drawn out: `Hiii` is `hi`."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return _TWICE.sub(r"\1", bare.replace("ـ", "").replace("’", "'"))


_SPELT = """
hi hello hey hiya good morning evening afternoon day night thanks thank you u thx ty so very much many ok okay great
perfect nice bye goodbye welcome please all there everyone team dear sir madam cheers how are doing

bonjour bonsoir salut coucou merci beaucoup bien mille parfait super d'accord au revoir bonne journée soirée nuit à vous
toi madame monsieur svp ça va comment allez

مرحبا أهلا اهلا وسهلا سهلا هلا سلام السلام عليكم وعليكم ورحمة الله وبركاته صباح الخير النور مساء شكرا جزيلا كتير كثيرا
لك لكم تسلم تسلمي يسلمو يسلموا الف تمام ماشي حسنا اوكي مع السلامة يعطيك العافية يخليك كيفك كيف حالك

mar7aba marhaba mara7eb ahla ahlan ahleen wa sahla salam salem assalam alaykum alaikum 3alaykom 3alaykoum 3leikom saba7
sabah el l al kher kheir 5er khair nour masa shukran choukran chokran shokran ktir kteer kter yislamo yeslamo yslamo
teslam tislam ya3tik 3afye yalla bonjourak tamem tamam mashi meshe ma3 salame kifak kifik kifkon hala
"""
_WORDS = frozenset(map(_folded, _SPELT.split()))
"""Words of which greetings and thanks are made, in English, French, Arabic and Arabizi."""
_UNKNOWN_WORDS_MAX = 1
"""A name."""


def is_courtesy(text: str) -> bool:
    """Whether somebody only greets or thanks."""
    words = _WORD.findall(_folded(text))
    if not words or len(words) > COURTESY_WORDS_MAX:
        return False
    unknown = [word for word in words if word not in _WORDS]
    return len(unknown) < len(words) and len(unknown) <= _UNKNOWN_WORDS_MAX and not any(map(str.isdigit, unknown))
