// The passwords that everybody tries first. The lists that attackers begin with are mostly a common word with
// a few digits or a mark behind it, or a walk along the keyboard: so the words and rows are listed here, and
// the rules below stand for the rest.

const WORDS = new Set(
  `password passwort passwd passw0rd p@ssword p@ssw0rd pa55word pass passion wachtwoord motdepasse contrasena
  contraseña senha parola haslo heslo salasana kodeord welcome welkom bienvenue willkommen hello hallo bonjour
  hola letmein changeme default secret secure security admin administrator root superuser sysadmin user guest
  test testing tester temp temporary demo sample example login logon access account master manager service
  system server database computer internet network website desktop laptop windows microsoft apple google
  facebook instagram twitter youtube linkedin amazon android samsung nokia huawei iphone nintendo playstation
  xbox pokemon pikachu minecraft roblox fortnite warcraft starcraft counter halflife zelda mario sonic
  qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop qwert asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn
  zxcvbnm yxcvbnm qazwsx qazwsxedc wsxedc qweasd qweasdzxc zaqwsx zaqxsw qwaszx asdfasdf qweqwe asdasd zxczxc
  qwerasdf 1qaz 2wsx 1qaz2wsx zaq1 zaq1xsw2 zaq12wsx 1q2w 1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2 q1w2e3
  q1w2e3r4 q1w2e3r4t5 qwer asd zxc qwe q1 a1 a1b2 a1b2c3 a1b2c3d4 1a2b 1a2b3c 1a2b3c4d abc abcd abcde abcdef
  abcdefg abcdefgh abc123abc 123abc 1234abcd 12345abc 123qwe 123qweasd 123asd 1234qwer 12345qwert
  dragon monkey tiger lion eagle falcon hawk phoenix panther jaguar leopard cheetah wolf wolverine bear cat dog
  kitty puppy horse pony rabbit bunny hamster dolphin shark turtle penguin parrot spider snake cobra viper
  scorpion butterfly ladybug buffalo elephant gorilla donkey chicken rooster fish goldfish unicorn
  baseball football soccer hockey basketball softball volleyball tennis golf golfer cricket rugby boxing karate
  fishing hunting swimming running racing skating surfing bowling wrestling runner player coach champion
  winner victory arsenal chelsea liverpool everton manchester barcelona realmadrid juventus milan inter
  benfica porto ajax feyenoord celtic rangers yankees redsox lakers bulls celtics cowboys packers steelers
  raiders broncos patriots eagles giants dolphins falcons ravens saints chiefs dodgers mets braves cubs
  superman batman spiderman ironman hulk wolverine thor captain avengers joker catwoman supergirl starwars
  skywalker vader darthvader yoda chewbacca startrek enterprise matrix gandalf frodo hobbit sauron harry
  potter harrypotter hermione hogwarts dumbledore simpsons homer bart garfield snoopy mickey mickeymouse
  minnie donald goofy scooby scoobydoo tweety barbie hellokitty naruto sasuke sakura goku vegeta dragonball
  shadow sunshine sunset sunrise sunday monday tuesday wednesday thursday friday saturday january february
  march april june july august september october november december spring summer autumn fall winter weekend
  holiday vacation birthday christmas halloween easter morning midnight tonight forever always never nothing
  anything everything something whatever whatsup trustno1 trustme iloveyou iloveu ilovegod ilovejesus
  ilovemom iloveme iloveyou2 loveyou loveme lovely lover lovelove mylove mybaby mylife mydog mycat babygirl
  babyboy baby honey sweetie sweetheart sweety darling angel angels angelo princess prince queen king
  kingdom knight warrior soldier marine marines army navy police sheriff hunter killer ninja samurai pirate
  wizard witch magic magician merlin vampire zombie ghost demon devil lucifer satan heaven god jesus jesus1
  jesuschrist christ christian faith hope peace freedom liberty justice destiny fate fortune lucky luck
  success happy happiness smile smiley friend friends friendship family mother father mommy daddy mama papa
  sister brother cousin grandma grandpa husband wife
  michael jennifer jessica ashley amanda joshua matthew daniel david robert james william joseph john thomas
  charles charlie christopher christian anthony andrew nicholas nicole samantha elizabeth stephanie lauren
  michelle melissa heather amber rachel megan danielle rebecca victoria hannah alexis alexander alexandra
  alexandre natalie natasha vanessa veronica patricia patrick barbara sandra susan linda maria marie martin
  martina marina monica monika katherine catherine kimberly brittany brandon justin austin dustin tyler
  taylor jordan jordan23 jackson madison morgan logan mason dylan ethan aaron adam adrian albert alberto
  alejandro alfredo andrea andreas andrei andrey angela angelina anton antonio arthur benjamin bernard brian
  carlos carmen carolina caroline claudia cristina diego dmitry edward eduardo elena emily emma eric eugene
  felix fernando francesco francis francisco frank franklin fred freddy gabriel gabriela george gerald gloria
  gregory gustavo harold helena henry ignacio isabel isabella ivan jacob jasmine jason jeremy jerome johnny
  jonathan jorge juan julia julian juliana karina kathleen kevin kristina lawrence leonardo louise lorenzo
  lucas luis manuel marcel marcus margaret mariana mario mark mercedes miguel mikhail miranda mohamed mohammed
  muhammad nelson nikita oleg oliver olivia oscar pablo pamela paul pedro peter philip pierre rafael raymond
  ricardo richard roberto rodrigo roman ronald ronaldo messi beckham ruslan ryan sabrina samuel sarah sasha
  scott sebastian sergei sergey sergio simon sophia sophie stefan stephen steven svetlana tatiana teresa
  theresa tiffany timothy valentin valentina valeria victor vincent virginia vladimir walter yolanda yvonne
  zachary tommy billy bobby jimmy danny jerry larry harvey murphy cooper bailey buster buddy maggie molly
  ginger pepper peanut cookie cookies chocolate candy sugar cheese banana orange apples cherry strawberry
  pumpkin pickle potato tomato coffee cocacola pepsi whiskey vodka budweiser heineken corona guinness
  marlboro mustang corvette camaro ferrari porsche mercedes bmw audi honda toyota yamaha suzuki kawasaki
  harley harleydavidson ducati nissan mazda subaru volvo volkswagen chevrolet chevy ford jaguar lamborghini
  maserati america american canada england london paris france germany deutschland berlin hamburg italia
  italy espana spain madrid portugal brasil brazil argentina mexico chile colombia peru russia moscow ukraine
  poland polska turkey turkiye istanbul galatasaray fenerbahce besiktas india mumbai pakistan china beijing
  japan tokyo korea vietnam thailand indonesia jakarta philippines australia sydney africa nigeria egypt
  israel newyork brooklyn boston chicago dallas houston texas florida miami california hollywood lasvegas
  losangeles sanfrancisco seattle denver atlanta phoenix orlando hawaii colorado arizona virginia montana
  diamond crystal silver golden gold platinum emerald ruby pearl jewel rainbow purple yellow black white
  green blue red pink flower flowers rose roses rosebud lily daisy jasmine sunflower garden forest mountain
  ocean river island beach thunder lightning storm tornado hurricane blizzard snowball snowman snowflake
  fire fireball firefly phoenix galaxy universe planet mercury venus mars jupiter saturn neptune pluto comet
  apollo zeus hercules athena spartan trojan viking titan titanic legend hero champion genius einstein newton
  mozart beethoven beatles metallica nirvana eminem slipknot linkinpark greenday blink182 rammstein acdc
  elvis madonna rihanna beyonce shakira justinbieber onedirection guitar piano drummer music musica dance
  dancer danser disco party hiphop rockstar rocknroll
  asshole bastard bitch bullshit fuckyou fuckme fuckoff fuck motherfucker pussy sexy sexsex pornstar nipples
  shithead blowjob dickhead
  computer1 office company business money dollar million millionaire lottery casino poker jackpot winner
  student teacher school college university doctor nurse engineer lawyer captain pilot driver trucker fireman
  hacker hacking cracker crypto bitcoin ethereum blockchain cyber matrix neo morpheus trinity oracle java
  javascript python linux ubuntu debian redhat docker github gitlab oracle postgres mysql mongodb redis
  cisco intel dell lenovo logitech motorola siemens philips sony panasonic toshiba canon nikon compaq
  letmein1 opensesame sesame abracadabra hocuspocus nopassword mypassword newpassword yourpassword thepassword
  password1 passpass testtest testpass adminadmin rootroot useruser guestguest changeit changethis letmeinnow
  iamgod killer bigdaddy bigdog badboy badgirl goodboy goodgirl coolguy cooldude superstar superfly supercool
  awesome amazing beautiful gorgeous fantastic perfect special crazy stupid idiot loser lovers playboy
  gateway explorer discovery pioneer voyager traveler nothing1 unknown private public personal backup archive
  asdf1234 qwer1234 zxcv1234 abcd1234 test1234 pass1234 admin123 user1234 love1234 aa aaa aaaa asas jkl`
    .toLowerCase()
    .split(/\s+/),
);

/** Rows of a keyboard, the alphabet and the digits: any run along them is a guess. */
const RUNS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  '`1234567890-=',
  'qwertyuiop[]',
  'asdfghjkl;',
  'zxcvbnm,./',
  'qwertzuiopü',
  'azertyuiop',
  'qsdfghjklm',
  'yxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
].flatMap((run) => [run, [...run].reverse().join('')]);

/** What people add to a word: digits, the year, a mark. */
const ADDITION = /(?:\d{1,4}|12345|123456|1234567|12345678|123456789)?[!.?*@#$]{0,2}$/u;

/** True when `password` is among the first that somebody would guess. Case does not matter. */
export function isCommonPassword(password: string): boolean {
  const guess = password.toLowerCase();
  return isRepetition(guess) || isRun(guess) || isWordWithAddition(guess);
}

/** One to four characters over and over, such as `aaaaaaaa`, `12121212` or `abcdabcd`. */
function isRepetition(guess: string): boolean {
  return /^(.{1,4})\1+$/u.test(guess);
}

function isRun(guess: string): boolean {
  return guess.length >= 3 && RUNS.some((run) => run.includes(guess));
}

function isWordWithAddition(guess: string): boolean {
  if (WORDS.has(guess)) return true;
  const word = guess.replace(ADDITION, '');
  return word === '' || WORDS.has(word) || isRun(word) || isDoubledWord(word);
}

function isDoubledWord(word: string): boolean {
  const half = word.slice(0, word.length / 2);
  return half + half === word && WORDS.has(half);
}
