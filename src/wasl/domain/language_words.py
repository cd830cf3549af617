"""The words by which a language in Latin letters is known: the commonest ones, and those of every shop's day."""

from typing import Final

ENGLISH: Final = """
a about accept actually after again against age ago all allergic allergy almost already also although always am an and
another answer any anybody anyone anything apologize april are aren around arrive arrived arrives as ask asked at
august available away back bad be became because been before being below best better between big bill birthday black
blue book both bought box break bring broke broken brother brown bus business but buy buying by call called came can
cannot cant card care cash cause change cheap check child children choose city clean clear close closed closes cold
color colors colour come comes coming company could couldn customer customers damaged daughter day days dear december
deliver delivered delivery deposit did didn didnt different discount do does doesn doesnt doing don done dont down
during each early easy eat eight either else email empty end enough even evening ever every everyone everything
exactly example exchange expensive explain family far fast father feb february feel few find fine first five fix food
for forgot found four free fresh friday friend friends from front full get gets getting gift gifts give given gives
gluten go goes going gone good got great green guy guys had half hand happen happened happy hard has hasn have haven
having he hear heard hello help her here hers hey hi him his hold holiday home hope hot hour hours house how however i
ill im in inform inside instead interested into invoice is isn it item items its ive january july june just keep kids
kind knew know known large last late later least leave left less let like little live living located location long
look looking lost lot love low made make makes making man many march may maybe me mean meet message might mine minute
minutes miss missing moment monday money month months more morning most mother mr mrs much must my name near need
needed needs never new news next nice night nine no nobody none not nothing november now number october of off offer
often old on once one online only open opened opening opens options or order ordered orders other our ours out over
own paid park parking part party pay paying payment people person phone photo photos pick picture pictures piece place
please pls plz points possible price prices problem product products provide put question questions quick quickly
quite rate read ready really reason receipt receive received red refund regarding reply return returned right room
safe said sale same saturday saw say says second see seems sell selling send sending sent september serve set seven
several shall she ship shipped shipping shop should shouldn show since sister six size sizes small so soft some
somebody someone something son soon sorry speak special spend start started status still stop store street such sugar
suggest sunday sure take takes talk tax tell ten terms than thank thanks that thats the their them then there these
they thing things think this those though thought three through thursday till time times to today together told
tomorrow tonight too took total track tracking tried try trying tuesday turn two u under understand unfortunately
until up update ur us use used using usually very visit wait waiting want wanted wants was wash wasn watch water way
we website wednesday week weekend weeks welcome well went were weren what whats when where which while white who whole
whom whose why will wish with within without won wonder wondering wont word work working works worst would wouldn
write wrong yeah year years yellow yes yesterday yet you young your youre yours
"""

FRENCH: Final = """
a abord accepte acceptez accord achat achats acheter adresse afin agit ai aider aie aime aimerais ainsi ait aller
allez alors an annuler ans appel appeler apres après arrive arrivé as assez atelier attends au aucun aucune aujourd
aurai aurais aurait aussi autre autres aux avaient avais avait avant avec avez aviez avions avoir avons ayant beau
beaucoup bebe belle besoin bien bientot bientôt billet bjr blanc bleu boite bon bonjour bonne bonnes bonsoir boutique
boîte bravo bsr bureau but bébé ca cadeau cadeaux car carte casse cassé cause ce ceci cela celle celui cent cependant
certains ces cest cet cette ceux chaque cher chercher chez chose choses ci cinq client clients coin colis combien
commande commander commandes commandé comme commencer comment compris compte connaitre connaître content contre coucou
cours coute couter coûte coûter d dans date davantage de debut deja delai delais demain demande demander dependant
depuis dernier derniere dernière des desole dessous dessus deux devant devez devoir devrait difficile dimanche dire
dis disponible disponibles dit dites dix doit donc donner dont du début déjà délai délais désolé elle elles en encore
enfant enfants enfin ensuite entre envoi envoie envoyer envoyez envoyé es espece espere espèces espère est et etaient
etait ete etes etre eu eux exactement excusez expédiez facile facture faire fais faisait fait faites famille faut
femme ferme fermez fermé fete fille fils fin finalement fois font frais francais français fut fête garder gens grand
grande grands gratuit gratuite gros heure heures hier homme horaires hors ici il ils infos ja jamais janvier jardin je
jeudi jour jours juillet juin jusqu juste la laisser le lequel les leur leurs livraison livrer livreur livrez livré
livrée loin long longtemps lors lorsque lui lundi là ma madame magasin main maintenant mais maison mal malheureusement
manger marche mardi mari me meilleur meme merci mercredi mere merveilleux mes message met mettre mieux mille mis
modifier moi moins mois moment mon monde monsieur montant moyen moyens mère même n ne ni nom nombre non normalement
nos notre nous nouveau nouveaux nouvel nouvelle nouvelles nuit numero numéro octobre offrir oh on ont ou oui ouvert
ouverte ouverts ouvrez où paiement panier papier par parce pardon pareil parfait parking parler part partir pas passe
passer passez payer pendant penser perdu pere personne personnes petit petite petits peu peut peuvent peux photo
photos piece place plait plaît plus plusieurs plutot plutôt point possible pour pourquoi pourrais pourrait pourriez
pouvez pouvoir premier première prendre prenez pres presque prix probleme problème prochain prochaine produit produits
promo proposez près puis puisque père qu quand quel quelle quelles quelqu quelque quelques quels question questions
qui quitter quoi rappeler recevoir recu regarder regler remboursement rembourser remboursé remise rendez rendre
renseignement renseignements rentrer repondre reponse reste retard retour retourner retrouver reçu rien rouge rue
régler répondre réponse s sa sais salut samedi sans sauf savoir se semaine semaines sera serai serait seriez ses seul
seule seulement si sinon site six soir sois soit soldes somme sommes son sont sorte souhaite souhaiterais sous souvent
suis suivi sur surtout svp t ta taille tant tard tarif tarifs te tel telephone temps tes toi ton tot toujours tous
tout toute toutefois toutes tres trois trop trouve trouver trouvez très tu téléphone tôt un une utiliser va vais vas
vendez vendre vendredi venez venir vente vers veut veux vide vie vient ville vite voici voila voilà voir voit voiture
vont vos votre voudrais voulais voulait voulez vouloir vous voyez vrai vraiment vu vue y ça étaient étais était été
êtes être
"""

ARABIZI: Final = """
2abel 2adde 2addeh 2addesh 2adeh 2adesh 2akid 2albe 2alle 2allo 2ana 2asde 2aw 2awwal 2eh 2elle 2elna 2elo 2elt 2enno
2ente 2iza 2oul 2oule 2oulile 2ousas 2rib 2rob 3a 3ade 3adi 3afwan 3ajab 3ajabne 3al 3ala 3alay 3alaykom 3alaykoum
3alaykum aymta ayemta 3aleik 3alek 3alekom 3aleykom 3am 3amel 3amla 3amlin 3amm 3amol 3an 3anak 3anan 3and 3andak
3ande 3andek
3andi 3andik 3andkom 3andkon 3andkun 3andna 3ando 3anjad 3anna 3annak 3arabe 3arabi 3aref 3arfe 3arod 3arood 3atetne
3atine 3awez 3awza 3ayez 3ayle 3ayza 3eed 3endak 3ende 3endi 3endkom 3endkon 3enwan 3enwen 3eyd 3eyle 3id 3la 3layk
3leik 3lek 3lyom 3mel 3mele 3melo 3melt 3omla 3omr 5abar 5abrak 5alas 5alast 5aliha 5allas 5alli 5allik 5aye 5ayye 5er
5las 5od 7a 7abet 7abib 7abibe 7abibi 7abibti 7ad 7ada 7adan 7adkon 7ado 7aga 7agat 7age 7ake 7al 7alak 7ale 7alkon
7alo 7alwe 7amdella 7amdellah 7amdulillah 7asab 7ata 7atta 7awela 7awl 7aye 7ayet 7ayete 7btak 7eke 7elo 7elwe 7elwin
7ewel 7ke 7keli 7kine 7kini 7kit 7otto 7ottoule 8ada 8alat 8ale 8ali 8er a3mel a3ref a3te abel abl abla adde addeh
addesh adeh adesh adi afwan ahla ahlan ahlein ahlen akbar aked akel akid aktar al albi alby alek alla allah alo am2oul
amta ana ane anjad anno anta ante anti antou aref arib as2al as2alak asde ash aslan aw awal awel awez ay ayez ayna
aywa ayya b2a b3atle b3atoule b3d b3den ba2a ba2der ba3at ba3atele ba3atet ba3d ba3dak ba3den ba3dkon ba3dna ba3ref
ba3rfesh ba3tik ba7ke ba7kik badak badda badde baddi baddik baddkon baddna baddo baddon bade badi badik badkon badna
bado bala balash bale balki balla barra bas basita basset batal bayt be2ool be3 beit bel ben besit bet3amel betkalem
betkallem bi bi3 bihemm bikam bil binesbe bint bjib bkam bkeer bkir bl bla bnesbe bnisbe bnt bokra boukra brouh bs
bshuf bsir bt7eb bta3 bta3mel bta3t btb3at btb3ato bte2dar bte2der bte2dro bte2flo bte3mel bte3mlo bte3ref bte3rfo
bte7ke btefta7o btekhdo btelba2 btes2al btesht8el btetla3 btosalo btousal btousalo btrouh btwasel btwaslo btwassel
btwasslo bya3mel bya3ref bye2dar byeje byekhod byen byewsal byn byosal byousal byshte8el bysi3 bysir byt dah dakhlak
daroure deh dile dini dorgheri dsh dughri e2der e3mel e3raf e3ref e3te e3teni e3tini e5er e7ke ebe3 edfa3 ejit ekhod
ela elak ele elek eljem3a elkom elkon elle elli elna elo elon emta enna enno ennou eno enta ente enti entou entu es2al
esh eshtre esm esme ey eyh eza ezayak ezayek ezzayak fa2ad fa2at faga far2 fara7 fat7in fate7 fatoura fe feeh feek
feki fene fet7in fetoura feye fi fia fiha fik fike fikom fikon fina fine fini finna fiye fiyye fo2 fok foo2 ghada
ghalat ghale ghali ghayro gheir gher gowa ha had hada hadik hadiye hadok hadol hadole hal hala hala2 halla halla2
hallak hallek hay hayda hayde haydi haydol hayete hayk hdeye hdiye heda hedol hehe heik hek helo helwe hene hiye hiyye
hl hon hona hone honik how2e howe howwe huwe hwe i7ke i7na ida ilkon illi imta in7ot inno inshalla inshallah inta
intou ishtre iza izak izayak jaye jayin jeb jeye jeyye jib jibli jnab jouwa kam kaman kamen kamena kan kanet katir
kayf keef kef kefak kefik kel kella kello kelna kelo kelshi kelyom keter ketir khair khalas khalast khale khallas
khalli khallik khalto khaye khayye kheir khod kholset kif kifak kifek kifik kifkom kifkon kifkun kifo kint kl kol
kolna kolo kom kon kont kteer kter ktheer ktir kull la la2 la2an la2anno la2enno la2eno laken lal lama lamma lan law
laysh lazem lazim le2e le3b leh leik leish lek lesa lesh lessa lez li2an lik liom lyawm lyom lyome lyoum ma2 ma2foul
ma3 ma3ak ma3ale ma3e ma3i ma3ik ma3kom ma3kon ma3mal ma3na ma3o ma7ada ma7al ma7ala ma7alak ma7alkon ma7all ma7da
ma8loub maba3ref mabrouk mabsout mabsouta maddet mafi mafish majnoun makan makenet maksour malo mamnoun mar7aba
mar7abten mara2 maret marhaba marhabten marra masa masa2 masare masari masel massari mazboot mazbout mb3at me3 men
mesh meshta2 mestanne metel metl mfaddal min mina minak mine mish mitel mitl mneeh mni7 mni7a mnih mniha momken momkin
mosh moshkele moshkle moush msh mumken mumkin mush mushkle mwazzaf na3am nafs nafse nahar natir natra natrin nehna
nhar nseet nshalla nshallah nsit osbou3 ouf ra7 ra7et rabbi rah raj3it raja3 raje3 rejja3 rkhees ro2m ro7 rou7 ru7
sa3a sa3at sa3b sa3er sa3ro sa7 sa7eb sa7tak sa7ten saba7 saba7o sabah sabaho sabeya sabt sahel sakker salam salamat
salem sar saret sarit sarle sba7 se3er se3r se3ra se3ro sghir sghire sha2fe shab shabab shereb sherke sherket shey shi
shlon shlonak shlonk shloon sho sho3l shoghel shokran shou shoukran showay shtghl shtre shu shukran shwai shway
shwayet shwayye si3r siyyara sme3et sou2 souk soura sowar ta2riban ta3 ta3a ta3e ta3mel tab taba3 taba3i taba3kon
taba3na taba3o tabi3e tabkha talab talabe talabet talabiye tale3 tama tamam tamem tamm tane tani tanye tanzilet tari2
tarik tawle tawseel tawsil tay tayeb tayyeb tayyib tefta7o tekram tekrame tekrami tekramo tel3et tene tenye tfadal
tfaddal tfaddale tfaddalo theni to3be tole3 tole3le tole3li tyeb wa2et wa2t wa7ad wa7de wa7ed wa7yetak wala walaw
waled walla wallah wara wara2 warshe wasal wein wen wenkon wesel wesle weslet weyn winak winkon wled wojoud worsha
wosel wosil wosle wosol wosslet wselet wslet wsolne wusel ya ya3ne ya3ni ya3te ya3tik ya3tikon ya3tikoun yalla yareet
yaret yekhod yesalmo yeslam yeslamo yeslamou yeslmo yislamo yislamou yjib yom yosal youm yousal yowsal zabayin zabet
zakeh zaki zaman zboun zeke zghir zghire
"""

OTHERS: Final = {
    "es": """
hola gracias cuanto cuánto cuesta donde dónde tienen tienes quiero quisiera buenos buenas dias días tardes está
estoy hay pero cómo muy también precio precios tienda envío envios usted ustedes puedo puede para por favor los las
una qué
    """,
    "de": """
ich und nicht haben sie bitte danke wie viel kostet guten tag hallo für auch gibt können ist der das ein eine mit
wann wo öffnungszeiten ihr euch wir kann möchte lieferung preis geschäft
    """,
    "it": """
ciao grazie quanto costa avete vorrei buongiorno buonasera dove siete sono prezzo negozio consegna posso voi anche
della degli il per che una aperti orari
    """,
    "pt": """
olá ola obrigado obrigada quanto custa você voce vocês não bom tem preço loja entrega posso para uma com onde fica
gostaria quero
    """,
    "tr": """
merhaba teşekkürler tesekkurler kadar var mı fiyat fiyatı lütfen nasıl bir için kaç nerede günaydın siparis sipariş
kargo ücreti istiyorum
    """,
}
"""Languages in which this knows but few words: two of them must be said."""
