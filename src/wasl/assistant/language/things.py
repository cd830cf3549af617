"""Things, places and days that customers name anywhere, in English, French, Arabic and Arabic in Latin letters."""

from typing import Final

THINGS: Final = """
soap 1: soap soaps | savon savons | صابون صابونه صابونكم | saboun sabun sabune
candle 1: candle candles | bougie bougies | شمعه شمع شموع | sham3a shame3 shmou3
lamp 1: lamp lamps | lampe lampes | لمبه لمبات مصباح | lamba lambet
plate 1: plate plates dish dishes crockery tableware | assiette assiettes plat plats vaisselle | صحن صحون طبق اطباق |
  sa7en s7oun s7oune
cup 1: cup cups mug mugs | tasse tasses mug mugs | كبايه فنجان فناجين كوب اكواب | kebbeye kibbeye fenjen
glass 1: glass glasses | verre verres | كاس كاسات زجاج | kes kesat
bowl 1: bowl bowls | bol bols saladier | جاط زبديه | zebdiye
pot 1: pot pots pan pans saucepan | casserole casseroles marmite | طنجره طناجر قدر | tanjara tanejer
ceramic 1: ceramic ceramics pottery porcelain | ceramique ceramiques poterie porcelaine | فخار سيراميك خزف | fo5ar
  fokhar
copper 1: copper brass | cuivre laiton | نحاس | n7as nhas
wood 1: wood wooden | bois | خشب خشبي | khashab 5ashab
board 1: board boards | planche planches | لوح الواح | law7
cloth 1: tablecloth tablecloths cloth napkin napkins linen fabric | nappe nappes serviette serviettes lin tissu | شرشف
  شراشف محرمه قماش كتان | sharshaf sharashef 2mesh
cotton 1: cotton | coton | قطن | 2oton
bag 1: bag bags handbag | sac sacs | شنطه شنط كيس اكياس | shanta shanat kis
box 1: box boxes | boite boites coffret coffrets | علبه علب صندوق | 3elbe 3elab 3ilbe
jar 1: jar jars | bocal bocaux pot_vide | مرطبان مرطبانات | mratban
bottle 1: bottle bottles | bouteille bouteilles | قنينه قناني | 2anine 2annine
apron 1: apron aprons | tablier tabliers | مريول مراييل | maryoul maryel
shirt 1: shirt shirts tshirt blouse | chemise chemises tshirt | قميص قمصان بلوزه | 2amis 2omsan
dress 1: dress dresses | robe robes | فستان فساتين | festan fsatin
shoe 1: shoe shoes sneakers | chaussure chaussures basket baskets | حذاء احذيه سباط صباط | sobbat sebat
trousers 1: trousers pants jeans | pantalon pantalons jean | بنطلون بناطلين جينز | bantalon
ring 1: ring rings jewellery jewelry | bague bagues bijou bijoux | خاتم خواتم مجوهرات | khatem 5etem
furniture 1: furniture sofa chair chairs table tables | meuble meubles canape chaise chaises table tables | اثاث كنبه
  كرسي كراسي طاوله طاولات | kanabe kerse karase tawle
flower 1: flower flowers bouquet | fleur fleurs bouquet | ورد ورود زهور باقه | ward wroud
book_thing 1: notebook novel | livre_de cahier | كتاب كتب دفتر | kteb kotob daftar
phone_thing 1: smartphone iphone charger chargers | smartphone iphone chargeur | موبايل شاحن | mobile sha7en
bread 1: bread loaf loaves | pain pains | خبز خبزات رغيف | khebez 5ebez
cake 1: cake cakes | gateau gateaux | كيك قالب قوالب كاتو | gato kek aleb
biscuit 1: biscuit biscuits cookie cookies | biscuit biscuits | بسكويت كعك | biskot ka3ek
maamoul 1: maamoul mamoul | maamoul | معمول | ma3moul maamoul
croissant 1: croissant croissants | croissant croissants | كرواسون | croissant
manoushe 1: manoushe manakish manaeesh | manouche | منقوشه مناقيش | man2oushe mna2ish
zaatar 1: thyme zaatar | thym | زعتر | za3tar
cheese 1: cheese | fromage | جبنه جبن | jebne jibne
olive 1: olive olives | olive olives | زيتون | zaytoun zeitoun
oil 1: oil | huile | زيت | zet zeit
honey 1: honey | miel | عسل | 3asal
walnut 1: walnut walnuts nuts nut | noix | جوز مكسرات | joz mkassarat
chocolate 1: chocolate chocolates | chocolat chocolats | شوكولا شوكولاته | shokola chocolat
coffee 1: coffee | cafe | قهوه | 2ahwe ahwe kahwe
tea 1: tea | the_vert thes | شاي |
water 1: water | eau | ماء مياه |
meat 1: meat | viande | لحمه لحم | la7me lahme
chicken 1: chicken | poulet | دجاج فروج | djej farrouj
milk 1: milk | lait | حليب | 7alib
butter 1: butter | beurre | زبده سمنه | zebde semne
egg 1: egg eggs | oeuf oeufs | بيض | bayd
salt 1: salt | sel | ملح | mele7
lemon 1: lemon | citron | حامض ليمون | 7amod lamoun
sweets 1: sweets dessert desserts candy | sucreries dessert desserts patisserie | حلو_عربي حلويات | 7elwayet helwayet
tray 1: tray trays platter | plateau plateaux | صينيه صواني | saniye sawane siniye
perfume 1: perfume perfumes scent fragrance | parfum parfums | عطر عطور ريحه | 3otor 3eter
cream 1: cream lotion | creme lotion | كريم_للوجه مرهم | crem
hair 1: hair | cheveux coiffure | شعر |
room 1: room rooms | chambre chambres | غرفه غرف | oda owda ghorfe
ticket 1: ticket tickets | billet billets | تذكره تذاكر | tazkara tazeker
wifi 1: wifi internet_password | wifi | وايفاي واي_فاي | wifi
password 1: password passwords login | mot_de_passe | كلمه_سر كلمه_مرور باسورد | password
weather 1: weather | meteo | طقس | ta2es
sunday 0.5: sunday sundays | dimanche dimanches | يوم_الاحد | a7ad l2a7ad nhar_el_a7ad
monday 0.5: monday mondays | lundi | تنين اثنين نهار_التنين الاثنين | tanen tenen
tuesday 0.5: tuesday | mardi | تلاتا ثلاثاء الثلاثاء | talata tlete
wednesday 0.5: wednesday | mercredi | اربعا اربعاء الاربعاء | orb3a arb3a
thursday 0.5: thursday | jeudi | خميس الخميس | khamis 5amis
friday 0.5: friday fridays | vendredi | جمعه الجمعه | jem3a jom3a
saturday 0.5: saturday saturdays | samedi samedis | سبت السبت | sabt sabet
weekend 0.5: weekend weekends | week_end weekend | ويكند عطله_الاسبوع | weekend wikend
morning 0.2: morning mornings | matin matinee | صبح صباحا | sobo7 3abokra
evening 0.2: evening night tonight | soir soiree | مسا مساء المسا ليل الليله | masa layl lel
green 1: green | vert verte | اخضر خضرا | akhdar khadra
blue 1: blue | bleu bleue | ازرق زرقا | azra2 zar2a
red 1: red | rouge rouges | احمر | a7mar
white 1: white | blanc blanche | ابيض بيضا | abyad bayda
black 1: black | noir noire | اسود سودا | aswad sawda
large 0.5: large bigger biggest big | grand grande grands grandes | كبير كبيره اكبر | kbir kbire akbar
small 0.5: small smaller smallest little | petit petite petits petites | صغير صغيره اصغر | zghir zghire sghir
vase 1: vase vases | vase vases | مزهريه فازه | vase fazat
carpet 1: carpet carpets rug rugs | tapis | سجاده سجاد | sejjede sejjed
basket 1: basket baskets | panier paniers | سله سلال | salle sellet
mirror 1: mirror mirrors | miroir miroirs | مرايه مرايا | mreye
cushion 1: cushion cushions pillow pillows | coussin coussins oreiller | مخده مخدات | m5adde mkhadde
blanket 1: blanket blankets | couverture couvertures | حرام_صوف بطانيه | battaniye
towel 1: towel towels | serviette_de | منشفه مناشف | manshafe
curtain 1: curtain curtains | rideau rideaux | برداي برادي ستاره | berdeye
cutlery 1: spoon spoons fork forks knife knives cutlery | cuillere cuilleres fourchette fourchettes couteau couteaux
  couverts | ملعقه ملاعق شوكه سكين | mal3a2a ma3l2a
frame 1: frame frames | cadre cadres | اطار برواز | brwez
toy 1: toy toys doll | jouet jouets poupee | لعبه العاب | le3be
watch_thing 1: wristwatch sunglasses umbrella | montre lunettes parapluie | نضارات شمسيه | naddarat
"""
"""As in `meanings.MEANINGS`."""
GOODS: Final = """
soap candle lamp plate cup glass bowl pot ceramic board cloth bag box jar bottle apron shirt dress shoe trousers ring
furniture flower bread cake biscuit maamoul croissant manoushe zaatar cheese olive oil honey walnut chocolate coffee
tea water meat chicken milk butter egg salt lemon sweets tray perfume cream hair book_thing phone_thing vase carpet
basket mirror cushion blanket towel curtain cutlery frame toy watch_thing
"""
"""Whoever names one means an item."""
COLOURS: Final = "green blue red white black"
SIZES: Final = "large small"
COUNTRIES: Final = """
germany france italy spain england uk britain scotland ireland portugal netherlands belgium austria switzerland sweden
norway denmark finland poland greece cyprus turkey russia usa america states canada mexico brazil argentina australia
japan china india dubai emirates uae qatar doha kuwait bahrain oman saudi riyadh jeddah iraq baghdad jordan amman
syria damascus egypt cairo algeria morocco tunisia libya sudan africa europe gulf boston paris lyon london berlin
montreal allemagne italie espagne angleterre irlande pays_bas belgique autriche suisse suede norvege danemark pologne
grece chypre turquie russie etats_unis amerique bresil australie japon chine inde emirats koweit arabie jordanie syrie
egypte algerie maroc tunisie afrique londres marseille bruxelles geneve المانيا فرنسا ايطاليا اسبانيا انكلترا بريطانيا
هولندا بلجيكا النمسا سويسرا السويد النروج الدنمارك اليونان قبرص تركيا روسيا امريكا اميركا كندا المكسيك البرازيل
استراليا اليابان الصين الهند دبي الامارات قطر الدوحه الكويت البحرين عمان السعوديه الرياض جده العراق بغداد الاردن سوريا
الشام مصر القاهره الجزاير المغرب تونس ليبيا اوروبا الخليج باريس لندن برلين almanya fransa amerka kanada sa3oudiye
so3oudiye kwet 2atar masr sourya orouppa
"""
"""Whoever names one asks about abroad, unless it is at home; with the great cities by which they are meant."""
TOWNS: Final = """
lebanon liban beirut beyrouth tripoli saida sidon tyre sour jounieh jbeil byblos batroun zahle zahleh baalbek nabatieh
aley baabda broummana bikfaya zgharta koura akkar chouf bekaa hamra achrafieh ashrafieh verdun dora hazmieh dbayeh
antelias jdeideh mansourieh kaslik metn kesrouan north south لبنان بيروت طرابلس صيدا صور جونيه جبيل البترون زحله بعلبك
النبطيه عاليه بعبدا برمانا بكفيا زغرتا الكوره عكار الشوف البقاع الحمرا الاشرفيه فردان الدوره الحازميه ضبيه انطلياس
الجديده المنصوريه الكسليك المتن كسروان الجنوب الشمال lebnen loubnen trablos beyrout bayrout sayda zahli ba3albak jbayl
jouniye
"""
"""Whoever names one asks about an area."""
