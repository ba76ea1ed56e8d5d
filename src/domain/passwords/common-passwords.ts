/**
 * Words that passwords are commonly made of, in the languages of the service's own pages: compiled for this project, in
 * lower case, three letters or longer. Numbers, keyboard rows and letters in a row are not listed but recognised
 * (`predictable-password.ts`), and so are capitals, digits that stand for letters, and combinations.
 */

const words = `
password passwords passwort kennwort motdepasse passe mdp pass pwd secret secrets geheim geheimnis secrete
letmein openup opensesame sesame sesam enter access login signin logon anmelden connexion account konto compte
admin administrator administrateur root superuser user username benutzer utilisateur guest gast invite default
changeme change test tests tester testing demo sample example beispiel exemple temp temporary hello hallo
bonjour salut welcome willkommen bienvenue goodbye hey hola thanks danke merci please bitte master meister
maitre boss chief king koenig prince princess prinzessin princesse queen knight wizard ninja samurai pirate
hunter ranger rider soldier warrior killer legend hero super superman batman spiderman ironman pokemon pikachu
starwars skywalker vader yoda gandalf matrix naruto sonic mario zelda minecraft fortnite roblox dragon drache
tiger lion loewe eagle falcon wolf bear monkey affe horse cheval pferd dog hund chien cat katze chat kitty
kitten puppy mouse maus rabbit hase bunny duck snake spider turtle fish shark dolphin delphin butterfly
schmetterling papillon bird vogel oiseau donkey panther cobra phoenix unicorn einhorn love loves lover loveme
iloveyou iloveu loveyou mylove liebe ichliebedich amour jetaime amore teamo heart herz coeur angel engel ange
baby babygirl babyboy honey sweety sweetheart schatz schatzi cherie darling cutie beautiful sexy sunshine
sunny sonne soleil moon mond star stern etoile stars sky himmel ciel rainbow regenbogen heaven paradise summer
sommer winter spring autumn herbst hiver printemps automne january february march april june july august
september october november december januar februar juni juli oktober dezember janvier fevrier avril juin
juillet septembre octobre novembre decembre monday tuesday wednesday thursday friday saturday sunday montag
dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
birthday geburtstag christmas weihnachten noel easter ostern holiday urlaub vacances weekend today tomorrow
forever always football fussball soccer baseball basketball hockey tennis golf rugby cricket volleyball
handball chess arsenal chelsea liverpool everton barcelona juventus bayern borussia schalke werder hamburg
marseille lyon monaco ajax celtic rangers yankees cowboys steelers lakers ronaldo messi jordan ferrari porsche
mercedes audi volkswagen toyota honda yamaha suzuki mustang corvette camaro harley ducati peugeot renault
citroen jaguar bentley berlin london paris newyork munich muenchen vienna wien zurich geneva madrid milano
texas america england france germany deutschland suisse schweiz austria canada australia europe china russia
michael michelle thomas andreas stefan martin daniel david robert richard william charlie george andrew
anthony matthew joshua joseph justin jessica jennifer ashley amanda nicole sarah laura julia anna maria marie
sophie sofia charlotte emma hannah lena lisa claudia sabine petra monika brigitte peter paul patrick philip
nicolas julien pierre jean jacques francois isabelle nathalie camille chloe lucas louis hugo felix maximilian
alexander alexandra sebastian tobias florian christian christine benjamin samuel jonathan oliver oscar harry
harrypotter maggie ginger buster bailey rocky lucky lucy molly sam max maximus shadow tigger pepper snoopy
garfield simba money geld argent dollar cash gold golden silver silber diamond diamant crystal platinum rich
million chocolate schokolade chocolat cookie cheese banana orange apple cherry peach coffee kaffee pizza
flower blume fleur rose lily jasmine daisy ocean river mountain forest music musik musique guitar piano metal
metallica nirvana eminem beatles rammstein blink rock computer internet google facebook instagram youtube
twitter amazon microsoft windows iphone samsung android laptop server network router security system website
shop shopping store online kunde client customer family familie famille mother mutter maman mommy mama father
vater papa daddy sister brother freund friend friends freedom freiheit liberte peace power magic magie trustno
trustme whatever nothing something anything somebody jesus god gott dieu christ bible church faith blessed
hope black white red blue green yellow purple pink schwarz weiss rot blau gruen noir blanc rouge bleu vert
fuck fuckyou fuckoff asshole bitch shit merde scheisse arsch pussy correcthorsebatterystaple trustnoone
keyboard tastatur
`

export const commonWords: ReadonlySet<string> = new Set(words.trim().split(/\s+/))
