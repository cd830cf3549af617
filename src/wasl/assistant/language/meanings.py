"""Words that mean the same in the trade of any business, in English, French, Arabic and Arabic in Latin letters.

Of each meaning: its name, how much it tells of what is asked (1 tells all, 0.2 nearly nothing), and its words in these
four languages. Words are as `letters.plain` leaves them, those that belong together joined by `_`; other forms of them
are found by their stem, and Arabic in Latin letters mostly by its consonants.
"""

from typing import Final

MEANINGS: Final = """
when 0.4: when what_time which_day what_day until till | quand quelle_heure quel_jour jusqu | متي ايمتي امتي ايمت
  وينتي اي_ساعه لاي_ساعه اي_يوم لايمتي | emta eymta imta amta ay_se3a ay_sa3a ayya_se3a ayya_sa3a la_ay_se3a aymata
  aymtin emtin ayemta
where 0.5: where wheres | ou_est ou_se ou_sont ou_trouve ou_en est_ou | وين فين اين منوين بوين لوين | wen wein feen
  wayn weyn winak ween la_wen la_weyn
how 0.25: how | comment | كيف ازاي شلون كيفيه | kif keef kef ezay shlon
why 0.3: why | pourquoi | ليش ليه لماذا | lesh leh laysh
howlong 0.8: how_long how_many_days how_much_time how_many_hours how_many_weeks duration delay deadline lead_time
  how_fast how_quickly how_soon how_long_does | combien_de_temps duree dure delai delais combien_de_jours
  combien_de_semaines | كم_يوم كم_ساعه كم_وقت قديش_وقت قديش_بياخد كم_بياخد مده المده خلال_كم يستغرق بيستغرق قديش_بدها
  كم_من_الوقت كم_اسبوع قديش_يوم قديه_يوم بكم_يوم بقديش_يوم | adde_wa2et addesh_wa2et addeh_byekhod adde_byekhod
  addesh_byekhod kam_yom kam_nhar adde_bta5od addesh_yom addeh_yom adde_yom b2addesh_yom b2addeh_yom b2adde_yom
  bkam_yom adde_wa2t addesh_wa2t
have 0.2: have has got stock carry | avez avoir proposez disposez | عندكم عندكن عندك يوجد موجود متوفر متوفره في_عندكم
  في_عندكن | 3andkon 3andkun 3andak 3andkom 3endkon 3endkom mawjoud
accept 0.3: accept accepts accepted take | accepter acceptez acceptes prenez | تقبلوا بتقبلوا تقبلون يقبل بتاخدوا |
  bte2balo te2balo btekhdo
date 0.15: today tomorrow yesterday tonight day days week weeks month months year years date time times next last tmrw
  tmr tmw 2day 2morrow weekend | aujourd hui demain hier jour jours semaine semaines mois annee prochain prochaine
  dernier derniere weekend | اليوم بكرا بكره غدا مبارح امس يوم ايام اسبوع شهر سنه جاي جايه الجاي هالشهر عالويكند
  الويكند | lyom bokra mbere7 yom jem3et shaher jeye boukra bukra
item 0.3: item items product products article articles goods merchandise | article articles produit produits objet |
  غرض غراض اغراض قطعه قطع منتج منتجات بضاعه | ghrad 8arad 2et3a montaj bda3a
number 0.3: number numbers | numero numeros | رقم ارقام نمره | ra2m ra2em nemra
price 0.9: price prices pricing cost costs costing how_much fee fees charge charges rate rates tarif worth expensive
  cheap | prix tarif tarifs cout couts coute coutent combien frais c_est_combien cher | سعر سعره سعرها اسعار اسعاركم
  تكلفه كلفه بيكلف تكلف يكلف قديش قديه اديش اد_ايه قد_ايه بكم بكام كم_سعر كم_حق حقه ثمن اجره رسوم غالي رخيص بقديش كم |
  adde addesh addeh 2adde 2addesh 2addeh adesh adeh 2adesh adde_se3er kam bikam bkam b2adde b2addesh se3er se3ro as3ar
  ta2rifet kelfe byikallef byekallef
pay 0.9: pay paid paying payment payments settle | payer paye paie payez paiement paiements regler reglement regle |
  دفع ادفع بدفع ندفع تدفع تدفعوا يدفع الدفع مدفوع دفعت سدد تسديد | edfa3 btedfa3 bedfa3 nedfa3 dafe3 dafa3t daf3
  btedfa3o nedfa3o
card 0.9: card cards visa mastercard amex credit debit | carte cartes bancaire cb visa mastercard carte_bleue
  cartes_bleues | بطاقه فيزا ماستر ماستركارد كارت كريديت كرت شبكه مدي بطاقتي عالبطاقه | visa card kart mastercard
  credit bita2a bel_kart bel_card
cash 0.9: cash | especes espece liquide comptant en_liquide en_especes | كاش نقدا نقدي نقد عند_الاستلام عند_التسليم |
  cash kash na2di
payway 0.9: apple_pay google_pay samsung_pay paypal whish omt bank_transfer wire_transfer cheque cheques check_payment
  | virement cheque cheques paypal | تحويل حواله شيك شيكات ويش | tahwil 7wele whish omt
instalment 1: instalment instalments installment installments monthly_payments split_payment pay_later in_parts
  monthly_plan monthly_plans payment_plan per_month | plusieurs_fois trois_fois quatre_fois mensualites tranches
  echelonner etaler plusieurs_mensualites par_mois mensualite | تقسيط اقساط قسط دفعات بالتقسيط قسط_شهري بقسط بالقسط
  تقسيطا | ta2sit takseet bel_ta2sit a2sat 2asset 2assit 2est 2sat bel_2est te2sit b2asset
refund 1: refund refunds refunded reimburse reimbursed reimbursement money_back my_money_back | remboursement
  remboursements rembourser rembourse rembourses remboursee | استرداد المبلغ_المسترد ترجعوا_المصاري ترجيع_المصاري
  رد_المبلغ فلوسي استرجاع_المبلغ رجعوا_المصاري مصرياتي رجعولي استرد نقودي نقود اموالي مصاريي ترجعولي_المصاري |
  masariye masare masari flousi refund masarik flous fluss
discount 1: discount discounts sale sales promo promos promotion promotions offer offers deal deals coupon coupons
  special_offer reduced percent_off better_price best_price | solde soldes promo promos promotion promotions remise
  remises reduction reductions rabais offre offres | خصم خصومات تخفيض تخفيضات تنزيلات تنزيل عرض عروض كوبون كوبونات حسم
  حسومات اوكازيون | tanzilet tanzil discount discounts 3ard 3arood 3orood 5asem khasem takhfid takhfidat coupon
free 0.7: free gratis no_charge | gratuit gratuite gratuitement offert offerte | مجاني مجانا مجانيه ببلاش بلاش |
  bi_balash bbalash majjani majjene balesh
invoice 1: invoice invoices bill receipt vat tax | facture factures tva recu | فاتوره فواتير ايصال ضريبه ضريبيه |
  fatoura fetoura faturit invoice
receipt 0.7: receipt | ticket recu | ايصال وصل_الدفع | receipt wasel_eldafe3
exchangerate 1: exchange_rate dollar_rate currency_rate conversion_rate | taux_de taux | سعر_صرف صرف | sarf se3er_sarf
  dolar_rate
giftcard 1.1: gift_card gift_cards giftcard voucher vouchers gift_certificate | carte_cadeau cartes_cadeaux
  carte_cadeaux cheque_cadeau bon_cadeau bons_cadeaux bon_d_achat bons_d_achat | بطاقه_هديه بطاقات_هديه بطاقات_هدايا
  كرت_هديه قسيمه قسايم بطاقه_هدايا بطاقه_للهديه بطاقات_للهدايا بطاقات_للهديه كروت_هدايا كرت_هدايا | gift_card voucher
  be6a2et_hdeye bita2at_hdeye bita2et_hdeye bita2at_hadaya be6a2at_hdeye bta2et_hdeye kart_hdeye
loyalty 1: loyalty points reward rewards membership loyalty_card | fidelite points carte_de_fidelite | نقاط ولاء
  بطاقه_ولاء عضويه | ne2at points loyalty
minimum 1: minimum min_order least moq | minimum minimale minimal | حد_ادني الحد_الادني اقل_شي ادني | minimum a2al_shi
order 0.6: order orders ordered ordering purchase purchased parcel package shipment bought | commande commandes
  commander colis achat paquet_commande | طلب طلبي طلبيه طلبيتي طلبت طلبات الطلبيه اوردر طرد طردي شحنه | talab talabe
  talabiye talabiyye talabet order orders orde tard
deliver 0.9: deliver delivers delivered delivering delivery deliveries drop_off shipping ship ships brought_to
  bring_it home_delivery | livrer livrez livre livree livrees livraison livraisons livreur livreriez port | توصيل
  توصيله التوصيل توصلوا بتوصلوا بتوصلو بتوصل توصلون توصل يوصل نوصل دليفري ديليفري ديلفري توصيلكم بتوصلولي توصلولي
  بتوصيل | tawsil tawseel tewsil btwaslo btwasslo btwassel btwasel btosalo btousalo twasslo twaslo delivery delivry
  deliver btwassil twassil delivre btwasslouwa twaslouli btwasselo delivere
arrive 0.7: arrive arrives arrived arriving come_in received receive get_it get_here came have_it reach | arriver
  arrive arrives arrivera recevoir recu recevrai recevra recois recoit recevez reception | وصل وصلت وصلني وصلتني وصلي
  بيوصل بتوصل يوصل يوصلني بيوصلني توصلني استلم استلمت يصلني بيصل تصلني تستلم نستلم | wosil wosel wesel wosol weslet
  wosle wsolne wsolit byousal byosal btousal yousal yosal yusal wasal btisal btosal btewsal tousal byusal
send 0.4: send sent sending forward share | envoyer envoyez envoye envoi | ابعت بعت ابعتلي تبعتولي تبعتوا ابعتولي ارسل
  ارسال يرسل بعث | b3atle b3atoule ba3atele ba3atole tb3atoule tob3atole eb3atle b3ato
ship 0.9: ship shipping shipped ships courier freight | expedier expedition expediez expedie coursier envoyer envoyez
  envoi | شحن بتشحنوا تشحنون يشحن نشحن شحنكم | tesh7an sha7n btesh7ano btesh7an tesh7ano
abroad 1: abroad overseas international internationally worldwide foreign outside_the_country another_country |
  etranger international hors_du_pays | لبرا برا_البلد الخارج خارج_البلد دولي عالميا برات | la_barra barrat el_kharej
area 0.8: area areas region regions city cities town towns village everywhere anywhere | region regions zone zones
  ville villes partout quartier | منطقه مناطق المناطق مدينه مدن ضيعه قضاء | manta2a manate2 mante2a madine day3a
track 1: track tracking status update whereabouts not_received not_receive have_not_received never_received
  did_not_receive did_not_get not_arrived not_arrive did_not_arrive never_arrived never_came not_come_yet | suivi
  suivre statut pas_recu jamais_recu toujours_pas pas_arrive pas_arrivee | تتبع تعقب متابعه وين_صار وين_صارت ما_وصل
  ما_وصلت ما_وصلني ما_وصلتني لم_يصل لم_تصل ما_اجا ما_اجت لوين_صارت لوين_صار وين_صاروا | track tracking wen_sar
  wen_saret wen_sarit wein_sar wein_saret ma_wosil ma_wosel ma_wesil ma_weslet ma_wesle ma_wosol ma_ejit weyn_saret
  weyn_sarit weyn_sar wen_sarou la_weyn_saret
driver 0.7: driver delivery_guy delivery_man delivery_boy courier rider | livreur chauffeur coursier | سايق السايق
  شوفير دليفري_بوي مندوب | driver shofer chauffeur delivery_guy sey2
cancel 1: cancel cancelled cancellation cancelling | annuler annulation annulez annule | الغاء الغي تلغوا يلغي نلغي
  بلغي كنسل | elghe elghi el8e tel8o kansel cancel balghi
change 0.7: change changed changing modify edit amend alter | modifier modification changer change modifie change_ma |
  اغير غير تغيير تعديل اعدل عدل تعدلوا بغير نغير تغيروا تغيرولي يتغير | ghayer ghayyer t8ayro 8ayer n8ayer 8ayyer
  t8ayyer n8ayyer b8ayyer ghayir tghayer tghayyer nghayer
exchange 1: exchange exchanges swap replace replaced replacement | echange echanger echangez remplacer remplacement |
  بدل تبديل ابدل نبدل استبدال استبدل بدلها تبدلوا البدل | baddel nbaddel tbadlo tabdil badal nbaddela baddela
return 1: return returns returned returning give_back bring_back send_back take_back bring_it_back give_it_back
  send_it_back | retour retours retourner rendre renvoyer rapporter | رجع ارجع نرجع يرجع ترجيع ارجاع استرجاع مرتجع
  برجع بترجعوا رجعها رجعه | raje3 raji3 rajje3 nraje3 nrajji3 traje3 barje3 terji3
pickup 1.1: pick_up pickup pick_it_up collect collecting collected come_get take_away takeaway pick_them_up | retirer
  retrait recuperer passer_prendre venir_chercher venir_prendre click_and passer_chercher aller_chercher | اخدها_من
  مر_اخد استلم_من استلام_من اجي_اخد بمر_اخدها مر_اخدها بمرق_اخد | mor2_ekhod mor2_5od eje_ekhod estelem estlem pickup
  bmor2_ekhod bmor2_5od bmor2_ekhdo
broken 1: broken broke damaged cracked crack defective faulty chipped smashed shattered scratched torn smash shatter
  in_pieces | casse cassee casses abime abimee endommage defectueux ebreche ebrechee fele brise dechire morceaux
  en_morceaux | مكسور مكسوره انكسر انكسرت مكسر كسر خربان خربانه تالف معطل مشعور متضرر مفسوخ مكسورين متكسر مكسره |
  maksour maksoura nkasar nkasaret mkassar mkasar 5erben kherben mafsou5 mkassara mkassra maksourin mkasra
missing 0.9: missing incomplete | manque manquant manquante incomplet | ناقص ناقصه ناقصني | na2es na2sa na2is
wrong 0.8: wrong mistake mixed_up incorrect | erreur trompe trompee tromper mauvais faux | غلط غلطان بالغلط خطا |
  ghalat 8alat bel_ghalat
wholesale 1.1: wholesale resell resale reseller resellers bulk distributor distributors stockist retailer trade
  large_quantities | gros revendre revendeur revendeurs revente grossiste distributeur quantites en_gros | جمله
  بالجمله كميات كميه موزع موزعين تاجر بسعر_الجمله | jemle jimle bel_jemle bil_jimle kammiyet kamiyet jemleh bel_jemleh
work 0.4: work works working function functions | marche marcher fonctionne fonctionner | بيشتغل يشتغل | byeshteghel
  byeshte8el
open 0.9: open are_you_working are_u_working you_working u_working r_u_working opens opened opening close closed
  closes closing hours schedule working_hours opening_hours business_hours timing timings operating_hours | ouvert
  ouverte ouverts ouvertes ouvre ouvrez ouvrir ouverture ferme fermes fermez fermeture horaire horaires creneaux |
  فاتح فاتحه فاتحين مفتوح تفتحوا بتفتحوا بتفتح يفتح نفتح مسكر مسكرين تسكروا بتسكروا بيسكر مغلق تغلقون اغلاق بتقفلوا
  تقفلوا دوام دوامكم دوامكن الدوام اوقات_العمل اوقات_الدوام ساعات_العمل مواعيد_العمل مواعيدكم دوامكو دوامك بتفتحو
  بتسكر بتسكرو منسكر فتح | fet7in fat7in fete7 btefta7o bteftaho tefta7o msakrin msakkrin msaker btsakro btsakkro
  bte2flo te2flo btsakir dawem dawam dawemkon maftou7 maftou7in msakkra bsakkro bteftah btefta7
hour 0.3: hour hours | heure heures | ساعه ساعات | se3a sa3a se3at sa3at
address 1: address located location directions map maps find_you reach_you get_to_you adress where_are_you where_r_u
  where_are_u where_you where_is_it pin_location drop_pin gps | adresse situe situee situes itineraire localisation
  emplacement trouver_votre vous_trouver ou_etes etes_ou ou_vous ou_exactement c_est_ou vous_situez | عنوان عنوانكم
  العنوان موقعكم لوكيشن لوكيشين اللوكيشن خريطه وينكم وينكن فينكم صايرين وين_صايرين وين_محلكن مكانكم مكانكن | 3enwen
  3enwan 3inwan location lokeshin maw2e3 mawke3 winkon wenkon wenkoun winkoun weynkon weynkoun weyn_sayrin wen_sayrin
  wein_sayrin
shop 0.4: shop store boutique showroom branch outlet place | boutique magasin local | محل المحل محلكم متجر متجركم
  المتجر بوتيك محلكن محلك عندكن_محل | ma7al ma7all l_ma7al el_ma7al mahal ma7alkon matjar dokken dekken
branch 0.9: branch branches | succursale succursales filiale | فرع فروع فرعكم | fere3 fre3 frou3 far3
parking 1.1: park parking valet garage car cars park_my_car | parking garer stationner stationnement voiturier voiture
  voitures ma_voiture laisser_la_voiture | موقف مواقف صف باركينغ باركنج سياره سيارات سيارتي فاليه كراج صف_السياره
  صف_سياره صفيت وقف_السياره | parking parkin mawaf mawkaf saf_siyara sayyara siyara siyyara sayara valet siyarte
  sayyarte siyyarte soff_siyara soff sof_siyara
access 1.1: wheelchair accessible accessibility disabled stroller pram ramp | fauteuil_roulant fauteuil handicape
  poussette accessible rampe | كرسي_متحرك الكرسي_المتحرك متحرك معاق معوق عربيه_اطفال منحدر | kerse_meta7arrek
  3arabiyet
pet 1.1: dog dogs puppy puppies cat cats pet pets | chien chiens chiot chat animal animaux | كلب كلبي كلاب قطه بسينه
  حيوان حيوانات كلبنا | kalb kalbe kalbi bsayne 7ayawen
holiday 1: holiday holidays christmas xmas eid easter ramadan new_year public_holiday public_holidays bank_holiday
  bank_holidays | ferie feries fete fetes noel paques aid ramadan jour_de_l_an nouvel_an jour_ferie jours_feries | عيد
  العيد اعياد رمضان ميلاد فصح عطله عطل راس_السنه يوم_عطله ايام_العطل | 3id 3eed eid ramadan milad 3otle 3otla fose7
  yom_3otle
contact 0.8: phone telephone call hotline | telephone appeler | تلفون هاتف رقمكم تليفون | telefon talifon ra2mkon
email 0.9: email mail e_mail | mail courriel email | ايميل بريد | email
website 0.9: website site web online_shop checkout check_out app | site site_web internet appli application |
  موقع_الكتروني ويب سايت ويبسايت الموقع_الالكتروني تطبيق ابليكيشن الموقع | website site l_site app
error 0.9: error errors bug not_work crash fails stuck | erreur bug marche_pas fonctionne_pas bloque plante | خطا
  ايرور عم_يمشي بيمشي معلق عم_يعلق | error 3am_y3alle2 ma_3am_yemshe
privacy 1: privacy personal_data my_data my_number personal_information | confidentialite donnees_personnelles
  mes_donnees | خصوصيه بيانات بياناتي معلوماتي | m3loumete
customs 1: customs duty duties import | douane douanes douanier | جمارك جمرك جمركيه | jamarek jmarek
gift 0.9: gift gifts present presents | cadeau cadeaux offrir | هديه هدايا هديتي | hdeye hdiye hadiye hadeye hadaya
  gift
wrap 1: wrap wraps wrapping wrapped gift_wrap gift_wrapping giftwrap pack_it packed packaging packing gift_box |
  emballer emballez emballage emballe paquet paquets papier_cadeau | تغليف تغلفوا بتغلفوا غلف لف بتلفوا تلفوا تلفوها
  بتلفوها مغلف | ghallef btghallfo btghalfo taghlif lef btleffo btlefo gift_wrap tleffo tleffouwa tleffouha
engrave 1: engrave engraved engraving personalise personalised personalize personalized customise customize customized
  custom name_on monogram | graver gravure gravez grave personnaliser personnalise personnalisation prenom prenoms |
  حفر تحفروا نقش تنقشوا اسم اسماء | 7afer te7fro esem esm na2esh
corporate 1: corporate employees staff_gifts | entreprise employes collaborateurs | شركات موظفين للموظفين | sherket
  muwazafin
company 0.7: company business corporate office | societe entreprise bureau | شركه شركتي شركات مكتب موسسه | sherke
  sherkit sherkte
ingredient 1: ingredient ingredients contain contains containing composition made_of made_from what_is_in whats_in
  consist | ingredient ingredients composition contient contiennent compose fait_de faits_de | مكون مكونات يحتوي
  بيحتوي محتوي معمول_من مصنوع_من شو_في شو_فيه | mkawwanet sho_fi shou_fi shu_fi ma3moul_men
allergy 1: allergy allergies allergic allergen allergens intolerant | allergie allergies allergique allergene | حساسيه
  متحسس | 7asesiye hasasiye
vegan 1: vegan vegetarian plant_based animals animal | vegan vegane vegetarien vegetalien animale animal | نباتي
  نباتيه حيواني | vegan nabete
gluten 1.1: gluten celiac wheat | gluten coeliaque | غلوتين جلوتين قمح | gluten
sugar 1: sugar sugarfree diabetic | sucre diabetique | سكر سكري | sekkar sikkar
halal 1: halal | halal | حلال | 7alal halal
fresh 0.9: fresh expire expires expiry shelf_life keep_for keeps | frais fraiche conserver conservation peremption
  se_garde | طازه طازج صلاحيه يدوم تنتهي | taza tazej saleh
child 0.9: child children kid kids baby babies toddler infant son daughter boy girl | enfant enfants bebe bebes fils
  fille garcon petit_fils | طفل طفله اطفال ولد ولاد اولاد ابني بنتي ابن بيبي رضيع طفلي | wled welad walad tefel ebne
  bente bebe ebni benti atfel
age 0.7: age ages aged old year_old years_old | age ans agee | عمر عمره عمرها سنين سنوات | 3omr 3omro 3omra snin
skin 0.9: skin eczema | peau eczema | بشره جلد بشرتي بشرته اكزيما | bashra jeld
sensitive 0.8: sensitive gentle delicate | sensible sensibles doux delicat | حساس حساسه ناعم | 7asses 7assese
size 1: size sizes sizing fit fits | taille tailles pointure dimensions | قياس قياسات مقاس مقاسات نمره | 2yes 2yesat
  mi2as size sizes kiyas
colour 0.9: colour colours color colors | couleur couleurs coloris | لون الوان لونه لونها بلون | lon alwen lawn loun
  lown
stock 0.9: stock restock restocked available availability in_stock out_of_stock sold_out back_in | stock rupture
  disponible disponibles dispo epuise | متوفر متوفره يتوفر بيتوفر توفر نفد نفدت خلصان خلص ستوك | mawjoud mawjoude
  mtawaffar 5oles kholes stock
picture 0.9: picture pictures photo photos image images pics catalogue catalog brochure product_list | photo photos
  image images catalogue brochure | صوره صور الصور كتالوج كاتالوج البوم | soura sowar souwar suwar soora catalogue
menu 1: menu | menu | منيو قايمه_الطعام | menu
warranty 1: warranty warranties guarantee guaranteed guarantees | garantie garanties garanti | كفاله ضمان مكفول الضمان
  | kafele kafeli damen daman
repair 0.9: repair repairs repaired repairing mend fix | reparer reparation reparez | تصليح صلح تصلحوا بتصلحوا اصلاح |
  salle7 btsal7o btsalle7o tasli7
job 1: job jobs hiring hire recruit recruiting recruitment vacancy vacancies career careers cv work_for work_with
  work_at employment | emploi emplois recrutez recrute recrutement recruter embauche embauchez poste stage cv
  travailler_chez travailler_pour travailler_avec travailler_dans | وظيفه وظايف توظيف توظفوا شغل_عندكم شغل_عندكن
  فرصه_عمل اشتغل سيره_ذاتيه | wazife shoghel_3andkon eshteghel eshte8el wazayef
workshop 1.1: workshop workshops class classes course courses lesson lessons | atelier ateliers cours stage formation
  | ورشه ورشات ورش دوره دورات صف_تعليم ورشتكم | worsha warsha warshe workshop wershe wersha worksho
book 0.7: book booking reserve reservation reservations appointment slot register sign_up join | reserver reservation
  reservez rendez_vous inscrire inscription participer | حجز احجز بحجز نحجز موعد تسجيل سجل تحجزولي شارك يشاركوا اشترك
  | e7joz 7ajez be7joz 7ejez maw3ed sajjel
clean 1: clean cleaning wash washing washed rinse polish | nettoyer nettoyage nettoie laver lavage lave nettoyez |
  غسيل غسل بغسل ينغسل نظف تنظيف بنظف ينظف جلي بنضف نضف ينضف تنضيف | ghasil ghassil naddef bnaddef tandif 8asil naddif
  bnaddif tnaddef
care 0.6: care maintain maintenance | entretien entretenir | عنايه اعتني صيانه | 3ineye
dishwasher 1.1: dishwasher dish_washer | lave_vaisselle | جلايه غساله_الصحون | jelleye jallaye
microwave 1.1: microwave microwaves | micro_ondes micro_onde | ميكروويف مايكرويف ميكرويف | microwave mikroweiv
rent 1: rent rental renting rented hire_out | louer location loue loues louez | ايجار استاجر اجار تاجير نستاجر تاجروا
  | ista2jer nesta2jer ajar ijar
event 0.8: wedding weddings birthday birthdays party event events celebration engagement | mariage mariages
  anniversaire fete evenement evenements bapteme | عرس اعراس زفاف خطوبه مناسبه حفله | 3eres 3ers 7afle mnesabe
  3eed_milad
sample 1: sample samples tester | echantillon echantillons | عينه عينات | 3ayne 3ayyne
label 0.9: label labels logo branding | etiquette etiquettes logo marque | شعار لوغو ملصق ليبل | logo label
sell 0.25: sell sells selling | vendre vendez vend vente | تبيعوا بتبيعوا بيع تبيعون يبيع | btbi3o tbi3o bi3 btebi3o
buy 0.25: buy buying | acheter achat achete | اشتري شراء نشتري اشتريت | eshtre ishtre neshtre eshtri
fast 0.5: fast quick quickly urgent urgently express same_day asap rush | vite rapide rapidement urgent express | سريع
  بسرعه مستعجل عاجل | sari3 3al_sari3 mesta3jel
custody 0.6: keep hold reserve_it put_aside | garder gardez mettre_de_cote | خبولي خلولي احتفظ | khabboule 5abboule
deposit 1: deposit down_payment security_deposit | acompte caution arrhes | عربون رعبون تامين دفعه_اولي | 3arboun
  3erboun ra3boun
recycle 1: recycle recycling reuse empty empties | recycler recyclage vide vides reprenez consigne | تدوير فاضي فاضيه
  فارغ فارغه | fade fadye fedye
money 0.8: dollar dollars euro euros lira pounds currency currencies usd | dollar dollars euro euros devise devises
  livres_libanaises | دولار دولارات ليره ليرات يورو عمله | dollar dolar lira lire euro
customer 0.2: customer customers client clients | client clients cliente clientes | زبون زبونه زباين عميل عملا | zboun
  zbouneh zabayen
ease 0.2: easy easily hard difficult simple complicated nice beautiful new | facile difficile simple complique nouveau
  nouvelle nouveaux beau belle | سهل صعب جديد جديده | sahel sa3b jdid jdide
bring 0.3: bring brings brought | apporter amener ramener apporte | جيب نجيب يجيب بجيب اجيب | jib njib ejib yjib bjib
use 0.3: used_to utilise utiliser | utiliser utilise utilisee | استعمل استعمال نستعمل مستعمل | esta3mel este3mel
wait 0.3: wait waiting waited | attendre attends attente attendons | ناطر ناطره انتظر انتظار بنطر ناطرين | natir natra
  natrin mestanne
unreceived 0.9: not_received not_receive have_not_received never_received did_not_receive did_not_get not_arrived
  not_arrive did_not_arrive never_arrived never_came not_come_yet | pas_recu jamais_recu toujours_pas pas_arrive
  pas_arrivee | ما_وصل ما_وصلت ما_وصلني ما_وصلتني لم_يصل لم_تصل ما_اجا ما_اجت | ma_wosil ma_wosel ma_wesil ma_weslet
  ma_wesle ma_wosol ma_ejit
"""
