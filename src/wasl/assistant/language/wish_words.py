"""The words in which customers ask for a person, greet and thank, in English, French, Arabic and Arabizi.

Words are as `letters.plain` leaves them; those that belong together are joined by `_`.
"""

from typing import Final

PERSON: Final = """
human humans agent agents representative operator manager supervisor advisor adviser real_person actual_person
live_person real_human
real_agent live_agent real_one customer_service customer_support customer_care support_team support_agent live_chat
live_support
humain humaine humains conseiller conseillere responsable operateur operatrice superviseur vraie_personne
personne_reelle personne_humaine
service_client service_clients service_clientele
موظف موظفه الموظف موظفين انسان بشري بشر مدير المدير مديره مسوول المسوول مسووله مشرف مندوب شخص_حقيقي خدمه_العملاء
خدمه_الزباين خدمه_زباين خدمه_عملاء
بني_ادم
mwazzaf mwazaf mwazzaffe mwazzafe mouwazzaf mouwazaf muwazaf mowazaf mowazzaf ensan insan ensen bani_adam modir mudir
modeer mas2oul mas2ul masoul mas2oule
mas2oule khedmet_zabayen 5edmet_zabayen khedmet_l_zabayen khedmet_el_zabayen khidmet_el_3omala khedmet_el_3omala
"""
"""Whoever only says one of these wants one."""
SOMEONE: Final = """
someone somebody anyone anybody person people team member colleague colleagues support staff employee employees boss
owner sales seller salesman saleswoman salesperson
driver chef baker rep guy lady representatives
quelqu personne equipe collegue collegues employe employee vendeur vendeuse patron patronne gerant gerante
proprietaire livreur agent interlocuteur gens
حدا حد احد شخص زلمه صبيه حدن واحد منكم منكن صاحب سايق السايق بياع البياع الاداره اداره الدعم دعم فريق
7ada 7adan 7ad 7adda hada hadan shakhs sha5s she5es wa7ad sa7eb se7eb seye2 bayye3 edara idara someone manager agent
"""
"""Somebody of the business, if one wants to talk with them."""
TALK: Final = """
talk talking speak speaking chat discuss connect contact reach
parler discuter echanger joindre contacter parle
احكي نحكي حاكي احاكي اكلم نكلم اتكلم نتكلم تكلم كلم اتحدث نتحدث تحدث التحدث التكلم احدث الحديث اتواصل نتواصل تواصل
التواصل حكي الحكي
e7ke e7ki a7ke a7ki 2e7ke 2e7ki 2a7ke 2a7ki ahke ahki ehke ehki i7ke i7ki 7ke 7ki 7eke 7ake 7aki n7ke n7ki ne7ke
ne7ki 7akine akallem kallem
akalem kalem atkallem etkallem atkalem netkallem
at7addas et7addas a7aki etwasal netwasal
"""
ABOUT: Final = "about regarding concernant sur عن بخصوص حول 3an bkhsous"
"""What stands between talking and somebody if it is not they who are talked to."""
WITH: Final = "to with through avec a au مع معه معها معو معهم ma3 ma3o ma3a ma3on bi"
TRANSFER: Final = """
transfer_me connect_me put_me_through put_me_in get_me pass_me switch_me escalate give_me transfer_to
passez_moi passe_moi mettez_moi transferez_moi transferer redirigez_moi donnez_moi
حولني حولوني حولنا وصلني_مع وصلوني_مع وصلني_ب اعطيني عطيني عطوني
7awwelne 7awelne 7awelni 7awwelni 7ewelne 7awlouni 7awlone 7awelone wasselne wasselni 3atine 3atini 3atouni
"""
CALL: Final = """
وصلني_بالمسوول وصلني_بالموظف وصلني_بالمدير وصلني_بالاداره وصلني_بحدا وصلوني_بالمسوول وصلوني_بالموظف وصلوني_بالمدير
call_me call_us phone_me ring_me call_back call_you_back callback give_me_a_call
appelez_moi rappelez_moi m_appeler me_rappeler me_appeler m_appelle appelle_moi rappelle_moi me_telephoner
telephonez_moi nous_rappeler nous_appeler
دقولي دقلي دقوا_لي رنولي رنلي كلموني كلمني حاكوني حاكيني يكلمني يحاكيني يتصل_فيي يتصل_بي يتصل_فيني يتصل_علي يتصل_فينا
يتصل_بنا اتصلوا_فيي اتصلوا_بي اتصلوا_فيني اتصلوا_علي
اتصلو_فيي اتصلو_بي اتصل_بي اتصل_فيي اتصلي_فيي تتصلوا_فيي تتصلو_فيي تتصلوا_بي تتصل_بي
d2oule da2oule de2oule d22oule de22oule d2ele d2elle da2ele rennoule ranoule kallmouni kallemne kalmoni kalmouni
7akoune ettoslo_fiye ettesil_fiye ettosel_fiye yettesil_fiye
yettesel_fiye yettosel_fiye ttoslo_fiye tettoslo_fiye ettoslo_fiyye yettesil_fiyye ettesel_beye etesel_beya
"""
ANSWER: Final = """
answer reply respond call contact assist
repondre repond reponde repondez rappeler appeler rappelle aider
يرد يردوا يجاوب يجاوبني يجيب يجاوبوا يساعدني يتواصل
yred yrod yerod yeroud yirod yjeweb yjewebne yjawebne yjawib ysa3edne
"""
LINE: Final = "telephone phone line ligne خط الخط تلفون telefon khat"
WANTED: Final = """
want need prefer would like rather wanna get give have is there can could may i we a an the your to with please now
veux voudrais souhaite prefere aimerais besoin je j un une le la votre d de avoir il y svp
بدي بدنا عايز عاوز عايزه ابغي ابي اريد حابب محتاج وين في لو سمحت سمحتوا ممكن هل من فضلك
badde baddi bade badi badna baddna 3ayez 3awez abgha abi bidde fi fe wen law sama7to sama7et momken pls el l
"""
"""What may stand beside a person when nothing else is said."""
ROBOT: Final = """
are_you_a_bot are_you_a_robot are_u_a_bot are_u_a_robot r_u_a_bot r_u_a_robot is_this_a_bot is_this_a_robot
this_is_a_bot to_a_bot to_a_robot with_a_bot with_a_robot stop_the_bot
no_bot no_bots no_robot no_robots not_a_bot not_a_robot hate_bots you_a_bot a_real_person chatbot are_you_real
are_you_human
un_robot_ou vous_etes_un_robot es_tu_un_robot etes_vous_un_robot etes_un_robot a_un_robot avec_un_robot pas_un_robot
pas_de_robot pas_de_bot pas_un_bot a_un_bot est_un_robot est_un_bot
انت_روبوت انت_بوت انتو_روبوت مع_روبوت مع_بوت مش_روبوت مش_بوت مو_روبوت مو_بوت بلا_روبوت هيدا_روبوت هيدا_بوت هذا_روبوت
هذا_بوت مع_اله
ente_robot enta_robot inta_robot ente_bot enta_bot ma3_robot ma3_bot ma3_el_robot mish_robot mesh_robot mish_bot
mesh_bot bala_robot hayda_robot hayda_bot
"""
NOT_OURS: Final = """
my his her their our mon ma mes son sa ses mari جوزي مرتي امي ابي اخي اختي رفيقي jawze marte emme bayye 5ayye e5te
"""
"""Whoever talks to their own people needs none of ours."""

GREETING: Final = """
hi hii hello helo hey heyy hiya howdy greetings morning afternoon evening how_are_you how_r_u how_are_u
how_is_it_going hows_it_going whats_up what_s_up
bonjour bonsoir salut coucou bjr bsr ca_va comment_allez_vous comment_vas_tu vous_allez_bien rebonjour allo
مرحبا مراحب مرحبتين هلو هلا اهلا اهلين السلام سلام صباح مساء مسا الخير كيفك كيفكم كيفكن كيف_الحال كيف_حالك كيف_حالكم
شلونك شلونكم ازيك ازيكم هاي الو تحيه
assalamu assalam salamu mar7aba marhaba marhabten mar7abten ahla ahlan ahlen salam salem saba7 sabah saba7o sabaho
masa bonsoirr kifak kifik
kifkon kifkom kifkun kefak kefik shlonak shlonik shlonkom shlonkon
ezayak ezayek izayak cava alo hala
"""
BESIDE_GREETING: Final = """
good day there dear sir madam mam maam all everyone everybody team guys again to you very nice happy and friend shop
wish well
a tous tout le la monde madame monsieur et vous bien chers equipe je l
عليكم وعليكم ورحمه الله وبركاته النور الورد الفل الياسمين وسهلا بك بكم فيك فيكم فيكن طيبه يا حلوين شباب جميعا بخير
ان_شاء يومكم سعيد كل
3alaykom alaykoum alaykum aleikum 3alaykoum 3alaykum 3aleykom 3aleikom alaykom alaikum 3lekom el l 5er 5eir khair
kheir l5er lkheir el5er
elkheir noor ya shabeb shabab w wa ra7matullah sahla
sho_fi_ma_fi
"""
THANKS: Final = """
thank thanks thx thankyou thnx tnx tks ty appreciate appreciated cheers grateful
merci mercii remercie remercions mersi
شكرا شكرن مشكور مشكورين يسلمو يسلموا يسلمووو تسلم تسلموا تسلمي متشكر متشكرين ممنون ممنونك ممنونكم ممنونكن جزاك جزاكم
العافيه عافيه الله_يخليك الله_يخليكن الله_يخليكم الله_يسعدك
shukran shoukran shokran choukran yislamo yislamou yeslamo yeslamou yeslmo yslamo yesalmo tislam tislamo teslam
teslamo mashkour mashkoor mashkoura mashkourin mamnoun mamnounak
ya3tik ya3tikon ya3tikoun ya3tikom ya3tikun 3afye
"""
BESIDE_THANKS: Final = """
you u so much very a lot lots many million all for the your help reply answer time quick fast again in advance really
it that this is was are best no ok okay great perfect awesome
amazing cool nice wonderful excellent good lovely super fine and i we your kind too see then soon bye
beaucoup bien infiniment mille fois pour la le votre reponse aide rapidite bonne bon journee soiree parfait super
genial top tres d_accord c_est gentil je vous tout a bientot et non avance
ايديك ايديكن ايديكم الف الك الكم الكن كتير كثير جزيلا يعطيك يعطيكم يعطيكن الله خير خيرا عنجد تمام ممتاز حلو طيب اوك
رايع علي الرد السريع لكم لك كل المساعده جدا يخليك يخليكن ي دياتك
ktir kteer ketir 3anjad tamem tamam momtez mumtez mni7 tayyeb tayeb 3al 3a el l rad la elkon lkon allah y5allik
y5allikon ideyk ideykon dayetkon alf w kter sahla yalla
"""
ACKNOWLEDGED: Final = """
ok okay okey okk k alright understood noted sure perfect great cool fine good awesome deal got_it i_see no_problem
see_you see_u sounds_good all_good no_worries
accord entendu compris parfait note super ca_marche pas_de_souci pas_de_probleme tres_bien
تمام اوك اوكي اوكيه طيب ماشي حسنا مفهوم فهمت ممتاز منيح منيحه خلص
tamem tamam okey mni7 mni7a mashe meshe mashi tayyeb tayeb fhemet momtez
"""
BESIDE_ACKNOWLEDGED: Final = """
then you u it i see soon later tomorrow that is all yes yeah no well very so and the
d c est je ai oui non bien a demain samedi lundi bientot
بكرا انشالله ان شاء الله نعم ايه اه
yes eh la2 bokra inshalla inshallah nshallah w iza_allah_rad
"""
FAREWELL: Final = """
bye goodbye byebye good_night see_you_later see_you_soon see_you_tomorrow have_a_nice have_a_good take_care
au_revoir a_bientot bonne_journee bonne_soiree bonne_nuit a_plus a_demain
باي مع_السلامه الي_اللقاء تصبح_علي تصبحوا_علي بشوفكم بشوفكن
bye bayy ma3_el_salame ma3_salame tosba7o_3a
"""
BESIDE_FAREWELL: Final = "day night evening weekend one you and ok bye take care خير w 5er kheir everyone all tous"
