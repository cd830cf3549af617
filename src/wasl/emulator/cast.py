"""The people of the demo: invented customers, what they wrote before, what they may still ask, how they answer.

Their past ends so that whoever opens the inbox for the first time sees all that an assistant does: it answers in four
languages, calls a person for five reasons or so, and is wrong once (Sofia asks for 1,000 boxes).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Least and most seconds between questions, until a reply is read, and from there to the answer."""

    asks: tuple[float, float] = (4.0, 8.0)
    reads: tuple[float, float] = (1.0, 3.0)
    answers: tuple[float, float] = (3.0, 7.0)


CALM = Pace()
CUSTOMER, BUSINESS = "customer", "business"


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a conversation's past; `type` and `extra` are those of the control API."""

    minutes_ago: int
    text: str
    author: str = CUSTOMER
    type: str = "text"
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One customer. Without a phone the business sees a username and a business-scoped id alone."""

    name: str
    phone: str | None
    past: tuple[Line, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    username: str | None = None


def _said(minutes_ago: int, text: str) -> Line:
    return Line(minutes_ago, text)


def _told(minutes_ago: int, text: str) -> Line:
    return Line(minutes_ago, text, BUSINESS)


ENGLISH = (
    "Perfect, thank you!",
    "Great, see you then",
    "Thanks a lot 🙏",
    "Ok, got it",
    "One more thing: do you deliver?",
)
ARABIC = ("تمام، شكراً كتير", "يعطيكم العافية 🙏", "ممتاز، شكراً", "شكراً على الرد السريع", "طيب وكم التوصيل؟")
ARABIZI = ("tamem, merci ktir", "yislamo 🙏", "okay shukran", "mni7, shukran", "tayyeb w addesh el delivery?")

CAST: tuple[Person, ...] = (
    Person(
        "Maya Khoury",
        "+9613000101",
        (
            _said(340, "Hello! Is the walnut bread back?"),
            _told(337, "Hi Maya, yes, since this morning."),
            _said(336, "Wonderful. Could you keep four for me?"),
            Line(335, "", type="location", extra=(("name", "Home"), ("address", "Sassine Square, Beirut"))),
            _told(331, "Kept under your name until Saturday. You are not far!"),
            _said(24, "Is it possible to deliver them today instead?"),
        ),
        ("Any news about my delivery?", "Do you have the one with olives too?", "What time do you close on Saturday?"),
        ENGLISH,
    ),
    Person(
        "كريم منصور",
        "+9613000102",
        (
            _said(310, "مرحبا، بدي اسأل عن صينية المعمول الكبيرة"),
            _told(305, "أهلاً كريم، الصينية الكبيرة بخمسة وأربعين دولار."),
            _said(303, "حلو كتير. فيني ضيف عليها كعك؟"),
            _told(298, "أكيد، بصير خمسة وخمسين."),
            _said(31, "تمام، بدي تنتين ليوم الجمعة إذا ممكن"),
        ),
        ("صباح الخير، جهزت الطلبية؟", "فيكن تبعتولي صورة الصينية؟", "كم يوم بياخد التوصيل عطرابلس؟"),
        ARABIC,
    ),
    Person(
        "Nour",
        "+9613000103",
        (
            _said(290, "hi"),
            _said(290, "kifak"),
            _said(289, "3andkon delivery 3a Jounieh?"),
            _told(284, "Ahla Nour, eh akid, nhar el tanen w el khamis."),
            _said(283, "sho el minimum order?"),
            _told(281, "3eshrin dollar bi Jounieh."),
            _said(17, "tayyeb w addesh el delivery?"),
        ),
        ("fi jebne kamen aw bas za3tar?", "wein sar el driver?", "badde e7ke ma3 7ada", "addesh el se3er hala2?"),
        ARABIZI,
    ),
    Person(
        "Daniel Weber",
        "+12025550143",
        (
            _said(260, "Good afternoon, do you ship biscuits to Boston?"),
            _told(250, "Good afternoon Daniel, we do: about eight days, 18 dollars."),
            Line(248, "These two, please", type="image"),
            _said(40, "I have not received an invoice yet. Could I speak to a person, please?"),
        ),
        ("Could you send me the tracking number?", "Is there customs duty on that?", "May I pay by card?"),
        ENGLISH,
    ),
    Person(
        "Rana Saab",
        "+9613000104",
        (
            _said(235, "Bonjour ! Vous faites des ateliers de pain le week-end ?"),
            _told(230, "Bonjour Rana, oui, samedi à 16 h. Il reste trois places."),
            _said(229, "Super, deux places pour moi 😊"),
            _told(226, "C'est noté, à samedi !"),
            _said(52, "L'atelier dure combien de temps ?"),
        ),
        ("Il y a un parking ?", "Je peux payer sur place ?", "On peut venir avec des enfants ?"),
        ("Merci beaucoup !", "Parfait, à samedi", "Très bien 🙏"),
    ),
    Person(
        "أم جاد",
        "+9613000105",
        (
            _said(220, "السلام عليكم"),
            _said(219, "الكعك يلي اخدته المرة الماضية طلع بيجنن"),
            _told(214, "وعليكم السلام، منفرح كتير بهالحكي!"),
            _said(61, "بتشحنوا لألمانيا؟"),
        ),
        ("فيي ادفع عند الاستلام؟", "كم بيكلف الشحن لألمانيا؟", "فيني احكي مع حدا من المحل؟"),
        ARABIC,
    ),
    Person(
        "Elias",
        "+9613000106",
        (
            _said(205, "marhaba"),
            _said(205, "el order #214 ma wosil"),
            _told(200, "Marhaba Elias, sorry! El driver 3ala el tari2."),
            _said(180, "wosil, bas el cake tol3et maksoura"),
            Line(179, "hay el soura", type="image"),
            _said(11, "fina nbaddela?"),
        ),
        ("eymta byousal el badal?", "ma 7ada da2elle", "ok natir, bas please lyom"),
        ARABIZI,
    ),
    Person(
        "Sofia Marin",
        "+33639980001",
        (
            _said(190, "Hi, I run a small delicatessen in Lyon and would love to sell your biscuits."),
            _told(176, "Hello Sofia, lovely! Our wholesale list is on its way."),
            Line(150, "Our shop, for reference", type="document", extra=(("filename", "our-shop.pdf"),)),
            _told(140, "It looks lovely!"),
            _said(73, "What is the lead time for 1,000 boxes?"),
        ),
        ("Do you offer samples?", "Is the minimum really 100 boxes?", "Can we put our own label on it?"),
        ENGLISH,
    ),
    Person(
        "Hadi",
        None,
        (
            _said(165, "hello, I found you on Instagram"),
            _told(160, "Welcome Hadi! How can we help?"),
            _said(83, "do you have something without gluten?"),
        ),
        ("is it baked in another oven?", "and without sugar?", "how long does it stay fresh?"),
        ENGLISH,
        username="hadi.designs",
    ),
    Person(
        "Layal Fares",
        "+9613000107",
        (
            _said(145, "Hiii, fikon t7ottoule el order 3a jnab?"),
            _told(141, "Akid Layal ❤️"),
            _said(96, "merci! jeyye ba3d el shoghel"),
            Line(95, "", type="voice"),
            _told(90, "Yalla, natrinik!"),
            _said(20, "ba3dkon fet7in?"),
        ),
        ("fi parking?", "nsit es2al: fi gift wrap?", "bte2balo visa?"),
        ARABIZI,
    ),
    Person(
        "سامي الحاج",
        "+9613000108",
        (
            _said(130, "بدي فاتورة باسم الشركة لو سمحتوا"),
            _told(120, "تكرم، شو اسم الشركة والرقم المالي؟"),
            _said(5, "شركة الأرز للتجارة، الرقم ١٢٣٤٥٦"),
        ),
        ("وصلت الفاتورة؟", "ممكن نسخة PDF؟", "بدنا كمان عشرين كرواسون للمكتب"),
        ARABIC,
    ),
    Person(
        "Grace Okafor",
        "+447700900123",
        (
            _said(110, "Hello, my parcel says delivered but I don't have it 😟"),
            _told(104, "So sorry Grace, we are asking the courier right now."),
            _said(2, "Nobody answers me! This is unacceptable, I am really angry."),
        ),
        ("My neighbour doesn't have it either.", "Could you send another one?", "Thank you for looking into it."),
        ("I am waiting.", "Please find it today.", "Alright, tell me as soon as you know."),
    ),
)
