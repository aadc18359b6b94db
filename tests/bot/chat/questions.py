"""Questions as people type them in a chat: short, hurried, now and then without accents or marks."""

ENGLISH = """
Who directed the film?
who won
When did the ferry hit the breakwater?
how many people were injured
Where was the bridge built?
why was the mayor fired
What is the new bus fare?
What's the name of the swift?
Which team won the Northmarch Cup?
when does the line open
Who is the owner of Tarn and Sele?
has the satellite launched yet
Is the hospital open?
did they find the missing boat
cost of the children's wing?
capital of France
new mayor of Sollenby?
ferry captain name
tell me about the prize
and in 2019?
who?
winner?
How much did Ondrick pay for it?
does anybody know who scored
Are trains running on Sunday?
whats the score
who's the CEO
What did the report blame
population of Harrowmere
How old is she?
Was anyone hurt?
can i still buy tickets
What happened in Vantry last week?
Name the inquiry's chair.
what year did it open
Where can I vote?
final score Harrowmere
Which party does he belong to?
the date of the election
When will the inquiry publish its report?
Were there any survivors?
What caused the delay?
who wrote it and when
how far is the coast
latest on the strike
"""

# English all the same: names and titles keep their own language.
ENGLISH_WITH_NAMES = """
Who directed Der Himmel über Berlin?
Le Monde editor?
Who wrote Die Zeit's leader on the euro?
Who played the lead in Les Quatre Cents Coups?
When was El País founded?
who sang La Vie en rose
Who is the president of La Liga?
What does Die Linke want?
Where is the Place de la Concorde?
Who founded Médecins Sans Frontières?
director of La casa de papel
Who wrote Cien años de soledad?
What is the plot of Das Leben der Anderen?
Who plays Amélie in Le Fabuleux Destin d'Amélie Poulain?
When did Der Spiegel publish the story?
owner of Les Échos?
Who won the Tour de France in 2023?
the mayor of Santiago de Compostela
How many seats has Die Mitte in the Nationalrat?
Is Rio de Janeiro bigger than São Paulo?
What does Schadenfreude mean?
Who coached Real Sociedad de Fútbol?
who said "L'État, c'est moi"?
When was the Gesellschaft der Musikfreunde founded?
What is an auto-da-fé?
Los Angeles mayor
Who manages Club de Regatas Vasco da Gama?
where was Ursula von der Leyen born
Who wrote Also sprach Zarathustra?
In which year did El laberinto del fauno come out?
Who leads En Marche?
What did Le Figaro say about the strike?
Where is the Museo Nacional del Prado?
Las Vegas population
Who composed An der schönen blauen Donau?
price of a croque-monsieur in Paris
What is Die Welt?
did Charles de Gaulle resign
when did Und täglich grüßt das Murmeltier come out
Who edits Le Monde diplomatique?
"""

GERMAN = """
Wer hat bei dem Film Regie geführt?
wer hat gewonnen
Wann ist die Fähre gegen die Mole gefahren?
wie viele Verletzte gab es
Wo wurde die Brücke gebaut?
warum wurde der Bürgermeister entlassen
Was kostet jetzt eine Busfahrt?
Wie heißt der Vogel?
Welche Mannschaft holte den Pokal?
wann wird die strecke eröffnet
Wem gehört das Unternehmen?
ist der satellit schon gestartet
Hat das Krankenhaus geöffnet?
haben sie das boot gefunden
Kosten des Kinderflügels?
Hauptstadt von Frankreich
neuer Bürgermeister von Sollenby?
name des kapitäns
erzähl mir von dem Preis
und im Jahr 2019?
wer ist das
Gewinner des Pokals?
Wie viel hat Ondrick dafür bezahlt?
weiß jemand wer getroffen hat
Fahren sonntags Züge?
wie stehts
wer ist der chef
Was sagt der Bericht?
einwohnerzahl von Harrowmere
Wie alt ist sie?
Wurde jemand verletzt?
gibt es noch karten
Was war letzte Woche in Vantry los?
Nenne den Vorsitzenden der Untersuchung.
seit wann gibt es das
Wo kann ich wählen?
endstand Harrowmere gegen Northmarch
Zu welcher Partei gehört er?
Datum der Wahl
Wann erscheint der Untersuchungsbericht?
Gab es Überlebende?
Weshalb kam es zu der Verspätung?
Wer hat Titanic gedreht?
wer spielt in Star Wars die Leia
Worum geht es in The Crown?
wann kommt das neue iPhone
"""

FRENCH = """
Qui a réalisé le film ?
qui a gagné
Quand le ferry a-t-il heurté la digue ?
combien de blessés
Où le pont a-t-il été construit ?
pourquoi le maire a été renvoyé
Combien coûte le bus maintenant ?
Comment s'appelle l'oiseau ?
Quelle équipe a remporté la coupe ?
la ligne ouvre quand
À qui appartient l'entreprise ?
est-ce que le satellite est parti
L'hôpital est-il ouvert ?
ils ont retrouvé le bateau ?
Coût de l'aile des enfants ?
capitale de la France
nouveau maire de Sollenby ?
nom du capitaine
parle-moi du prix
et en 2019 ?
c'est qui
le vainqueur de la coupe ?
Combien Ondrick a-t-il payé ?
quelqu'un sait qui a marqué
Y a-t-il des trains le dimanche ?
quel est le score
c'est quoi le score
Qui est le patron ?
Que dit le rapport ?
nombre d'habitants de Harrowmere
Quel âge a-t-elle ?
Est-ce qu'il y a eu des blessés ?
il reste des billets ?
Que s'est-il passé à Vantry la semaine dernière ?
Donne le nom de la présidente de l'enquête.
depuis quand ça existe
Où puis-je voter ?
De quel parti est-il ?
date de l'élection
Quand paraîtra le rapport d'enquête ?
Y a-t-il des survivants ?
Pourquoi ce retard ?
Qui a tourné Titanic ?
qui joue Leia dans Star Wars
De quoi parle The Crown ?
quand sort le nouvel iPhone
"""

SPANISH = """
¿Quién dirigió la película?
quien gano
¿Cuándo chocó el transbordador con el rompeolas?
cuántos heridos hubo
¿Dónde se construyó el puente?
por que despidieron al alcalde
¿Cuánto cuesta ahora el autobús?
¿Cómo se llama el pájaro?
¿Qué equipo ganó la copa?
cuando abre la linea
¿De quién es la empresa?
ya despego el satelite
¿Está abierto el hospital?
encontraron el barco
¿Coste del ala infantil?
capital de Francia
nuevo alcalde de Sollenby
nombre del capitán
háblame del premio
¿y en 2019?
quién es
¿El ganador de la copa?
¿Cuánto pagó Ondrick?
alguien sabe quien marco
¿Hay trenes los domingos?
como van
quien es el jefe
¿Qué dice el informe?
habitantes de Harrowmere
¿Cuántos años tiene ella?
¿Hubo heridos?
quedan entradas
¿Qué pasó en Vantry la semana pasada?
Dime quién preside la investigación.
desde cuando existe
¿Dónde puedo votar?
¿A qué partido pertenece?
fecha de las elecciones
¿Cuándo se publica el informe?
¿Hay supervivientes?
¿Por qué se retrasó?
¿Quién hizo Titanic?
quién hace de Leia en Star Wars
¿De qué va The Crown?
cuando sale el nuevo iPhone
"""

OTHER_LANGUAGES = """
Кто снял этот фильм?
когда откроется линия
この映画の監督は誰ですか
谁赢了比赛？
영화 감독은 누구입니까?
من أخرج الفيلم؟
Ποιος σκηνοθέτησε την ταινία;
फिल्म का निर्देशक कौन है?
מי ביים את הסרט?
ใครเป็นผู้กำกับ
"""


def lines(text: str) -> list[str]:
    """The questions of a list, one a line."""
    return text.strip().splitlines()
