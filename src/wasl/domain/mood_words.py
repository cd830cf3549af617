"""What words and smiles say of a mood, from -100 to 100, in English, French, Arabic, and Arabic in Latin letters.

Words are written as `letters.plain` leaves them. A word that ends with `*` stands for all that begin so; where words
belong together they are joined by `_`. 0 takes a meaning away: a good morning is no praise.
"""

from typing import Final

FELT: Final = (
    # Anger and accusation.
    (
        -90,
        """
scam scams scammer scammers scammed scamming fraud* thief thieves crook crooks fuck* bullshit bastard* criminals
robbed rip_off ripped_off
call_the_police go_to_the_police will_sue sue_you stole_my stealing_from
voleur* voleuse* arnaqu* escroc* connard* enfoire* salaud* degueulasse* porter_plainte foutez_de
حرامي* نصاب* لصوص سرقتوني سرقتونا سرقتو سرقتوا احتيال محتال* يلعن العن حقير* كلاب_انتو حسبي_الله عيب_الشوم
7aram* haramiy* nassab* nasab* yel3an yil3an 7asbi_allah 7asbe_allah hasbi_allah sara2touni sara2tone
""",
    ),
    (
        -80,
        """
unacceptable disgrac* disgust* outrag* furious livid liar liars lied cheated cheaters idiot* morons shameful shame_on
wtf worst_service worst_experience worst_ever
worst_shop my_lawyer legal_action
inadmissible* inacceptable* scandal* honteu* une_honte furieu* menteur* menteuse* mensonge* moquez_de moquez_du
se_moquer_de catastrophique* lamentable* minable*
كذاب* كذب كذبتو كذبتوا غشاش* غش غشيتونا زباله فضيحه مهزله عيب_عليكم عيب_عليكن غير_مقبول مش_مقبول وقحين وقح قله_ادب
قليلين_ادب
sarra2in sayye2in a7a2ar
kezzab* kazzab* kizzab* kezzeb* kizzeb* kazab* gashash* ghashash* zbele* zbeleh zbale* zebele* zibele* fadi7a
3ayb_3laykon 3eib_3laykon khara
""",
    ),
    (
        -65,
        """
terribl* horribl* awful* worst pathetic hate ridiculous incompetent* appalling stupid shit angry fed_up had_enough
never_again never_buy never_order waste_of
sick_of tired_of_this hopeless nightmare
nul nulle nuls nulles pire pires horrible* n_importe_quoi ras_le marre en_colere merde putain insupportable*
catastrophe* plus_jamais idiote*
زفت قرف مقرف قرفت قرفتونا اسوا معصب معصبه غاضب غاضبه غضبان مرفوض بهدله طفح_الكيل يا_عيب تافه غبي اغبيا وسخ وسخين
zeft 2aref 2erif 2araf 2ref 2refet mo2ref m2ref aswa2 m3assab* m3asab* m3asbe m3asbin bahdale ghabi ghabe
te3lan tefeh
""",
    ),
    # Disappointment.
    (
        -45,
        """
disappoint* annoy* frustrat* upset unhappy unprofessional rude desperate useless crap damn complain* ignoring ignored
rotten disrespect* misled mislead how_many_times
third_time my_money_back no_one_answers nobody_answers no_one_replies nobody_replies not_normal bad cheat
decu decue decus deception mecontent* pas_content pas_contente pas_contents enerve* agace* impoli* malpoli* degoute*
desespere* mauvais* plainte plaindre
incompetent* personne_ne_repond foutre pas_normal
pas_serieux inutile* au_secours
سيء سيي سييه سيءه زعلان* زعلت مستاء مستاءه محبط* خيبه مش_معقول مو_معقول شكوي بشتكي اشتكي ما_حدا_بيرد ما_حدا_عم
ما_حدا_بيجاوب محد_يرد ما_حد_بيرد مصيبه
صدمتوني خذلتوني رجعولي_مصاري رجعولي_فلوسي مصيبه وين_الضمير
saye2 sayye2 sayy2a za3lan* z3elet z3let mish_ma32oul mesh_ma32oul mesh_ma32ol mish_ma32ol ma_7ada_bi ma_7ada_bired
ma_7ada_birod ma_7ada_3am ma7ada_3am ma7ada_bi
sadamtoune
""",
    ),
    # Something is wrong.
    (
        -25,
        """
problem* issue issues broke broken wrong delay* damaged crack* missing lost mistake* sad worried worry worrying slow
dirty mold* mould* expired stale
fail failed failing poor not_working not_work doesnt_work dont_work never_arrived never_came still_waiting
still_nothing still_not
dont_like do_not_like did_not_like didnt_like overcharged
charged_twice too_long unfortunately confused hurt annoyed leaking leaked ruined torn stained
probleme* casse* abime* perdu* manque* erreur* triste* inquiet* inquiete* dommage lent lente retard* marche_pas
fonctionne_pas toujours_pas toujours_rien
aime_pas trop_long endommage* moisi* sali salie tache* ebreche*
مشكله مشاكل مكسور* انكسر* كسر مكسره خربان* خرب معطل* تالف غلط غلطانين خطا متاخر* تاخر* تاخير اتاخر* ضايع* ضاع ناقص*
للاسف حزين* خايف*
قلقان* ما_عجبني عيب ما_عجبتني ما_عجبنا وسخه بعدني_ناطر لسه_ما لهلق_ما بعدو_ما محروق* منزوع*
moshkle* mushkle* mouchkle* meshkle* maksour* mekser nkasar nkasaret 5erban* kherban* kharban* 5arben* ghalat* 8alat*
te2khir ta2khir t2akhar* te2akhar* m2akhar* mit2akher*
dayi3 day3a na2es* na2sa ma_3ajabne 3ayb 3eib ma_3ajabni ma_3ajabetne lessa_ma lahalla2_ma la_hala2_ma
""",
    ),
    # Thanks and contentment.
    (
        20,
        """
ok_great cool glad pleased sure_thing good fine_thanks welcome
تمام منيح منيحه كويس كويسه حلو حلوه زين_جدا
tamem tamam mni7 mni7a 7elo 7elwe helo helwe kwayes
""",
    ),
    (
        25,
        """
thank thanks thx thankyou thnx tnx ty_so appreciate* grateful nice helpful friendly so_kind very_kind
merci mercii remercie* joli* tres_bien pas_mal gentil* sympa*
شكرا شكرن مشكور* متشكر* يسلمو* تسلم* يسلم* يعطيكم_العافيه يعطيك_العافيه يعطيكن_العافيه الله_يخليك الله_يخليكن يسلموا
ممنون* جميل* الف_شكر جزاك_الله جزاكم_الله
shukran shoukran shokran choukran mashkour* mashkoor yislam* yeslam* yslam* tislam* teslam* ya3tikon ya3tikoun ya3tik
ya3tikom mamnoun* yesalmo allah_y5allikon
""",
    ),
    (
        45,
        """
great perfect* excellent* happy lovely beautiful delicious awesome bravo enjoy* best tasty yummy brilliant loved love
congrat* superb
parfait* super bravo ravi ravie est_top suis_content suis_contente tres_content tres_contente delicieu* adore* heureu*
felicitation* trop_bon genial*
geniaux chapeau
ممتاز* لذيذ* زاكي زاكيه احلي مبسوط* فرحان* برافو حبيت* عظيم روعه احسن_محل
momtez momtaz mumtaz mumtez mabsout* zeke zaki zakye bravo a7la a7san_shop 7abbet 7abet
""",
    ),
    (
        60,
        """
amazing wonderful fantastic incredible outstanding love_you love_it adore_it
magnifique* formidable* merveilleu* incroyable* extraordinaire*
رايع رايعه بيجنن بتجنن بجنن بيعقد تحفه بحبكم بحبكن خرافي مذهل مذهله
bijannen byejannen bijanin bejannen bi3a22ed ra2e3 ra2i3 ra2e3a b7ebkon b7ebkoun
""",
    ),
    (
        0,
        """
good_morning good_afternoon good_evening good_night good_day best_price best_time best_way best_regards worst_case
stupid_question hate_to good_for nice_day
how_good for_good is_good looks_good_for great_britain happy_hour happy_birthday happy_new love_to lost_and
missing_from
tres_bientot bon_retard nulle_part sans_retard super_marche content_de_savoir bien_content au_pire
صباح_الحلو حلو_المذاق حلو_العيد قلبي_ضاع خطا_املايي
fi_7elo shi_7elo
""",
    ),
)
THANKED: Final = """
thank thanks thx thankyou merci شكرا مشكور تسلم يسلمو shukran shoukran yislamo yeslamo
"""
"""What no `no` before it turns round: no thanks."""
SMILES: Final = {
    -70: "😡🤬👿",
    -50: "😠😤🤮🤢",
    -35: "👎💔😒🙄😑😾",
    -30: "😞😢😭😟😔☹🙁😩😫😖😣😰😓😥😿",
    -10: "😕🤔😐😬",
    20: "👍🙏👌🌹💐🌷😉😇🤝🫶",
    30: "😊😀😃😄😁🙂☺😌😅😂🤣✨🎉🥳👏💪🤗",
    45: "❤😍🥰😘💕💖💗💙💚💛🧡💜🤍🖤💯🤩♥💞💝😋",
}
STRONGER: Final = """
very so really extremely totally absolutely completely such truly ever always tres trop vraiment tellement
completement
كتير كثير جدا اوي قوي مره عنجد ktir kteer ketir jeddan awi 3anjad bel_marra
"""
WEAKER: Final = "bit little slightly somewhat peu شوي شويه قليلا shway shwayye shwai"
NOT: Final = """
not no never isnt wasnt dont doesnt didnt arent cant without none nothing hardly pas jamais aucun aucune sans ni
مش مو ما لا ليس ليست غير بلا بدون مب موب ولا mish mesh mosh mush msh moush ma mo mou bala bidoun mafi
"""
