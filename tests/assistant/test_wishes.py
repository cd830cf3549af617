"""Who asks for a person is heard in four languages, and nobody else; who greets or thanks only greets or thanks."""

import pytest

from wasl.assistant.language import wish_words
from wasl.assistant.language.wishes import Courtesy, courtesy_of, is_greeting, is_thanks, wants_person
from wasl.domain.letters import plain

WISHES = """
can I talk to someone|Can I speak with a representative?|let me speak to your supervisor now
is there anyone I can talk to?
connect me to customer service|please transfer me to an agent|human please|HUMAN!!|operator|real person pls
I need a manager
are you a bot?|am I talking to a robot|call me back please|can somebody call me|have someone contact me|talk to a person
who can i talk to about this|speak to a humna|I'd rather speak with your manager|can a real human answer me please|agent
un humain svp|je veux parler à quelqu'un|puis-je parler à un conseiller ?|parler avec le service client|rappelez-moi svp
quelqu'un peut me rappeler ?|vous êtes un robot ?|je ne veux pas parler à un robot|passez-moi la responsable
mettez-moi en relation avec un responsable|je préfère avoir quelqu'un au téléphone
بدي احكي مع موظف|بدي احكي مع حدا|بدي حدا يرد عليي|ممكن اتكلم مع شخص|عايزه اكلم حد من فضلك|حولني على موظف|وين المدير
خدمة العملاء لو سمحت|أريد التحدث مع إنسان|موظف|انت روبوت؟|اتصلوا فيي ضروري|ابغى اكلم الدعم|ممكن حدا يتصل فيي؟
badde e7ke ma3 7ada|fini e7ki ma3 el mas2oul?|7awwelne 3ala mwazzaf|3ayez akallem 7ad|fi 7ada yred 3layye?|ente robot?
da2oule please|mwazzaf law sama7to|badna modir|fi 7ada fine e7ke ma3o?|badde mas2oul
"""
NO_WISHES = """
are you open for people with kids|how many people does the cake serve|can I bring someone with me to the workshop
can I send it to someone as a gift|price per person?|do you support Apple Pay|do you speak French?|who made this
let me talk to my husband first|I want to talk about my order|let me ask and talk to my boss first
I want to talk about your driver|someone told me you have a sale|please don't call me
is it ok if somebody else picks it up|do you have staff discount|do you sell human hair|how do I contact you by email
my agent in Dubai will collect it|do you hire staff|I need someone to deliver it upstairs|what is your phone number
can I reach the shop by bus|robot vacuum price?|is this a real pearl|the driver was rude
c'est pour combien de personnes|une personne à mobilité réduite peut entrer ?|c'est pour offrir à quelqu'un
vous parlez anglais ?|je voudrais parler de ma commande|personne ne répond|y a-t-il une réduction pour les employés
الصينية بتكفي كم شخص|في حدا بالمحل هلق؟|بدي احكي عن الطلبية
بدي احكي عن السايق|بدي هدية لموظفين الشركة|رقم التلفون|كم سعر الشخص بالورشة
بدي احكي مع مرتي واخبركن|في حدا جرب هالصابون؟
adde byekfe la kam shakhs|fi 7ada bel ma7al hala2?|ma 7ada da2elle|badde hdeye la mwazzafin el sherke|kifak|hi
"""


def lines(texts: str) -> list[str]:
    return [text for line in texts.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", lines(WISHES))
def test_who_asks_for_a_person_is_heard(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize("text", lines(NO_WISHES))
def test_who_speaks_of_people_asks_for_none(text: str) -> None:
    assert not wants_person(text)


@pytest.mark.parametrize("text", ["", "👍", "...", "a" * 5_000, "hello " * 2_000])
def test_nothing_and_much_ask_for_nobody(text: str) -> None:
    assert not wants_person(text)


@pytest.mark.parametrize(
    ("text", "courtesy"),
    [
        ("hi", Courtesy.GREETING),
        ("hiiii 😊", Courtesy.GREETING),
        ("Good morning!", Courtesy.GREETING),
        ("Bonjour madame", Courtesy.GREETING),
        ("السلام عليكم ورحمة الله وبركاته", Courtesy.GREETING),
        ("مرحبا كيفكن", Courtesy.GREETING),
        ("صباح الخير", Courtesy.GREETING),
        ("kifak", Courtesy.GREETING),
        ("salam 3alaykom", Courtesy.GREETING),
        ("Thank you so much!!", Courtesy.THANKS),
        ("ok thanks 🙏", Courtesy.THANKS),
        ("merci beaucoup", Courtesy.THANKS),
        ("يعطيكم العافية", Courtesy.THANKS),
        ("شكراً كتير", Courtesy.THANKS),
        ("tamem, merci ktir", Courtesy.THANKS),
        ("bye, take care", Courtesy.FAREWELL),
        ("مع السلامة", Courtesy.FAREWELL),
        ("Ok, got it", Courtesy.ACKNOWLEDGED),
        ("d'accord", Courtesy.ACKNOWLEDGED),
        ("تمام", Courtesy.ACKNOWLEDGED),
        ("👍", Courtesy.ACKNOWLEDGED),
        ("❤️🙏", Courtesy.ACKNOWLEDGED),
        ("ok?", None),
        ("hi, how much is delivery", None),
        ("thanks, but when do you open?", None),
        ("Maya", None),
        ("", None),
        ("???", None),
        ("🍕", None),
        ("😡", None),
        ("merci de me rappeler demain", None),
    ],
)
def test_a_courtesy_is_told_from_a_question(text: str, courtesy: Courtesy | None) -> None:
    assert courtesy_of(text) is courtesy
    assert is_greeting(text) == (courtesy is Courtesy.GREETING)
    assert is_thanks(text) == (courtesy is Courtesy.THANKS)


def test_the_lists_are_written_as_words_are_compared() -> None:
    lists = [words for name, words in vars(wish_words).items() if name.isupper()]
    assert [word for words in lists for word in words.split() if plain(word) != word] == []
