"""The knowledge of a very large shop, made up: entries in three languages about thousands of invented goods."""

from collections.abc import Sequence
from random import Random

from wasl.assistant.knowledge.search import Entry

_NAMES = 4_000
_SYLLABLES = [consonant + vowel for consonant in "bcdfglmnprstvz" for vowel in "aeio"]
_KINDS = (
    ("table", "la table", "الطاولة"),
    ("lamp", "la lampe", "اللمبة"),
    ("soap", "le savon", "الصابون"),
    ("dress", "la robe", "الفستان"),
    ("bag", "le sac", "الشنطة"),
    ("coffee", "le café", "القهوة"),
    ("ring", "la bague", "الخاتم"),
    ("chair", "la chaise", "الكرسي"),
    ("bottle", "la bouteille", "القنينة"),
    ("course", "le cours", "الدورة"),
)
_ASKED = (
    ("How much is the {name} {kind}?", "Combien coûte {kind} {name} ?", "قديش سعر {kind} {name}؟"),
    (
        "Does the {name} {kind} come in other colours?",
        "{kind} {name} en autre couleur ?",
        "في {kind} {name} بلون تاني؟",
    ),
    (
        "How long does delivery of the {name} {kind} take?",
        "Délai pour {kind} {name} ?",
        "كم يوم بياخد توصيل {kind} {name}؟",
    ),
    ("Can I return the {name} {kind}?", "Puis-je retourner {kind} {name} ?", "فيي رجع {kind} {name}؟"),
    ("Is there a guarantee on the {name} {kind}?", "Garantie sur {kind} {name} ?", "في كفالة على {kind} {name}؟"),
)
_QUESTIONS = (
    "hi how much for the {name}",
    "what would the {name} cost me please",
    "is the {name} available in red",
    "can i give back my {name}, it does not fit",
    "combien pour {name} svp",
    "je veux retourner {name}",
    "قديش {name} لو سمحت",
    "بدي رجع {name} ما عجبني",
    "adde se3er el {name}",
    "fi kafele 3al {name}?",
    "how long until the {name} gets here",
    "do you have a {name} that is smaller",
)


def synthetic(count: int, chance: Random) -> tuple[list[Entry], list[str]]:
    """So many entries, and a few hundred questions about them."""
    names = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_NAMES)]
    entries = [_entry(entry_id, names, chance) for entry_id in range(1, count + 1)]
    asked = [chance.choice(_QUESTIONS).format(name=chance.choice(names)) for _ in range(400)]
    return entries, asked


def _entry(entry_id: int, names: Sequence[str], chance: Random) -> Entry:
    name, kinds = chance.choice(names), chance.choice(_KINDS)
    english, *others = (
        text.format(name=name, kind=kind) for text, kind in zip(chance.choice(_ASKED), kinds, strict=True)
    )
    price = chance.randint(5, 500)
    answers = {
        "en": f"The {name} {kinds[0]} is made by hand in our workshop and costs {price} dollars, with a guarantee of"
        f" two years. Many take {chance.choice(names)} and {chance.choice(names)} with it.",
        "fr": f"{kinds[1]} {name} est fait main dans notre atelier et coûte {price} dollars.",
        "ar": f"{kinds[2]} {name} شغل يدوي من مشغلنا بسعر {price} دولار مع كفالة سنتين.",
    }
    return Entry(entry_id, english, answers, tuple(others))
