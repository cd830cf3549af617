"""Little words: what every sentence has and no question is told apart by, greetings and courtesies among them."""

from typing import Final

LITTLE_WORDS: Final = {
    "en": """
a an the i im ive id ill you youre youd u ur r he she it its we they me him her us them my mine your yours his our
ours their theirs this that thats these those myself yourself himself herself itself ourselves themselves am is isnt
are arent was wasnt were werent be been being do does doesnt did didnt don dont done doing will would wouldnt wont
shall should shouldnt can cant cannot could couldnt may might must to of in on at by for with from into onto about as
if or and but nor so than then too very just also only even still yet already again now here there please pls plz plzz
kindly thanks thank thx hello hi hii hey heyy good morning afternoon evening dear sir madam mam maam miss guys guy
team everybody everyone hope fine what whats which any some all both each every much many more most other another same
such own got get gets getting gotten go goes going gone went come comes coming came take takes took taken taking give
gives gave given make makes made making see saw seen look looking looks let lets know knows knew think thinks thought
guess maybe perhaps possibly possible possibility really actually basically ok okay k oki yes yeah yep no nope not
never thing things something anything nothing someone somebody anyone anybody one ones tell told say says said ask
asking asked question questions wonder wondering wondered interested interest info information inform details detail
regarding concerning through via while because cause since though although instead rather quite bit lot lots try
trying able wanna gonna gotta lemme cuz bcz bcoz lol haha hehe well oh ah um hmm sorry excuse help helping mean means
happen happens happened up down out off over around back away near nearby between after before during under above
without within upon put puts pm etc eg ie want wants wanted wanting need needs needed needing like liked today right
sure use using exactly quick find found search searching exact put putting stuff kind sort kinds way ways
    """,
    "fr": """
a ai aie as avait avais avons avaient ayant au aux aura aurai aurais aurait avec ce ceci cela celle celles celui ceux
ces cet cette c ca car chez ci d dans de des du dont donc elle elles en encore es est et etait etaient etais ete etes
etre eu eux fait fais faire faites faut grace h hier ici il ils j je jamais l la le les leur leurs lui m ma mais me
meme memes mes moi moins mon n ne ni nos notre nous on ont or ou par parce pas peu peut peux peuvent plus pour
pourrais pourrait pourriez pourrions pouvez pouvoir pu puis puisque qu que quel quelle quelles quels qui quoi rien s
sa sans se sera serai serais serait ses si soi soit sommes son sont suis sur t ta te tes toi ton tous tout toute
toutes tres trop tu un une va vais vas vers voici voila vont vos votre vous y bonjour bonsoir bjr bsr salut coucou
merci svp stp plait madame monsieur mme mr oui non ok alors aussi bien bon bonne juste deja toujours ainsi entre sous
apres avant pendant depuis chose choses quelque quelques quelqu savoir sais dire dites dis demander demande question
questions renseignement renseignements info infos possible aimer voir voulais voulait vouloir souhaitais aller allez
ferai ferais svpp genre trouve vraiment exactement moment maintenant veux veut veulent voudrais voudrait voudrions
besoin souhaite souhaiterais souhaiterait aimerais aimerait quelconque autre autres chaque plusieurs aurez serez soyez
etiez plaisait cherche cherchons recherche exact exacte passer passe passent laisser laisse laissez mettre met
    """,
    "ar": """
في من علي عن الي مع ان انا انت انتي انتو انتوا انتم نحن احنا نحنا هو هي هم هن هذا هذه هاي هاد هادا هيدا هيدي هيدول هيك
هل ما ماذا لا مش مو ليس لم لن لو اذا ازا كان كانت كون يكون بدي بدنا بدك بدكم بدكن بدو بدها عايز عايزه عاوز عاوزه ابغي
ابغا ابي اريد نريد حابب حابه حاب اود ارغب ممكن يمكن يمكنني يمكنكم فيني فيي فينا فيك فيكم فيكن فيكي قدر اقدر بقدر نقدر
تقدروا بتقدروا لازم شو شنو ايش ايه اي هلا هلق الان اليوم بعد قبل كمان ايضا برضو بس لكن او و ثم يعني طيب اوك اوكي نعم
ايوا اه سمحت سمحتوا سمحتو سمحتي فضلك فضلكم رجاء الرجاء تكرم تكرموا مرحبا مراحب هلو اهلا السلام عليكم سلام صباح الخير
مسا مساء النور شكرا يسلمو تحيه يعطيكم العافيه كل بعض شي شيء حدا احد حد يلي اللي الذي التي ل ب ع ك ال لي لك له لها لنا
لكم الكم الكن الك عم رح راح سوال اسال بسال استفسر استفسار اعرف بعرف نعرف معرفه خبروني خبرني قولي قولوا تخبروني عندي
عندنا عنا فيه فيها هناك هون هنا هونيك كتير كثير جدا شوي شويه ينفع بينفع بصير يصير بيصير صار صارت تاني تانيه غير حضرتك
حضرتكم يا اخي اختي استاذ حبيبي معك معكم معي مني منك منكم منكن عليك عليها عليه بهالحاله هالشي ليكون باي اخد اخذ بتاخدو
بتاخدوا تاخدوا ياخد بالزبط بالضبط خليني الله عنجد عجبني عجبتني عجبنا بيعجبني حبيت بحب بتضل بتضلوا بيضل تضلوا يضل بدون
بلا دون عند هالفتره دور بدور بالظبط تماما اعمل بعمل نعمل كذا كزا
    """,
    "arabizi": """
l el il al le la w aw bas bs eno enno inno 2eno hayda hayde haydi hek heik hal ana enta ente inta inti entou entu
antou howe hiye ne7na nehna ya ya3ne ya3ni law iza eza 3a 3al 3ala 3an b bel bil bl fi fe fiya ma mafi mish mesh
msh la2 la2a eh ee aywa kel kol kil shi shy chi she shu sho chou shou kamen kaman badde baddi bade badak badna
baddna baddkon badkon 3ayez 3awez fini fine fiye fina fik fikon fikom finna momken mumkin ba2der a2der lazem lezim
ktir kteer ketir shway hala2 halla2 lyom mar7aba marhaba hi hello hey bonjour salam ahla ahlan kifak kifik kifkon
merci shukran please pls plz sama7to sama7et bonsoir ok okay tayyeb tayeb tab yalla inshalla inshallah 7abibi
7abibe 7ada 7adan 7ad yalle yali elle elli 3am ra7 rah ma3 ma3e ma3kon men min mn lal lel eli elak elna elkon
3ande 3anna 3ana hon hone honik so2al so2el es2al as2al bas2al es2alak a3ref e3ref ba3ref ne3raf sar sayer bysir
bisir byenfa3 ken kenet kint aslan ba3d ba3den ba3dkon abel wala walla wallah 3anjad anjad ekhod btekhdo betekhdo
te5do bte5do taba3 taba3i bde bdde bdi bedde zabt zabet zabta kaza keza kaza taba3kon iz izan khalas allah 3layk
3aleik kello tene tani gheir 5alas 3mol a3mel 3emel 3melt bte3mlo t3mlo 3atine 3atini 3ajabne 3ajabni 3ajabetne
3ajabna b7eb 7abet bala bidoun 3end
    """,
}
"""Language → words, as `letters.plain` leaves them."""
COURTESIES: Final = """
please pls plz plzz kindly thanks thank thx hello hi hii hey heyy dear sir madam guys svp stp merci bonjour bonsoir
bjr salut
coucou madame monsieur مرحبا مراحب هلو اهلا شكرا رجاء الرجاء تكرم تكرموا mar7aba marhaba salam shukran
"""
"""What is said around a question without being a part of it."""
