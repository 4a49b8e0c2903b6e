"""Words by class for what moves money, says yes or no, or changes a payment: read by whole coverage, not by rule."""

from __future__ import annotations

from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))


PAY_VERBS: Final = _set(
    """
    pay send give transfer wire venmo zelle paypal remit repay reimburse forward shoot zap ping chuck pop bung fling
    sling toss slip hand lend tip slide beam fire spot settle square compensate refund credit float throw
    remunerate disburse stick effect reward
    """
)
"""In this product they say enough by themselves."""
CARRY_VERBS: Final = _set(
    """
    get move put push drop pass deposit deliver do make sort cover arrange handle take process issue see let have
    effect execute hand fork cough place organize organise channel load process went goes
    initiate bring ship shift dispatch direct route throw return owe clear start set
    """
)
"""They pay only where both an amount and a payee are said."""
GERUNDS: Final = {
    "popping": "pop", "chucking": "chuck", "getting": "get", "putting": "put", "dropping": "drop", "tipping": "tip",
    "slipping": "slip", "moving": "move", "making": "make", "giving": "give", "sliding": "slide", "wiring": "wire",
    "handling": "handle", "arranging": "arrange", "settling": "settle", "taking": "take", "squaring": "square",
}  # fmt: skip
PAID: Final = _set("paid sent gave given transferred wired moved forwarded credited settled reimbursed handed")
WISHES: Final = _set("be want need like wish get have")
"""What makes `sent` a wish: `I'd like it sent`, `to be paid`."""
DUES: Final = _set("owe owes promised needs wants want need gets bill due share should must supposed meant invoice")

LICENCES: Final = _set(
    """
    to please you i we us and just now then so will would must can could okay alright well yes ahead let also hey
    quickly kindly me mind about gonna needs over up right
    """
)
"""Words after which a verb may be a request."""
LEADS: Final = (
    "can you", "could you", "can i", "could i", "can we", "could we", "i want", "i need", "i would like", "would you",
    "let us", "will you", "i have to", "i have got to", "i am meant", "i am supposed", "like to", "want to", "need to",
    "got to", "have to", "go ahead", "i must", "i should", "is it possible", "would it be", "i am trying", "may i",
    "i would love", "i wish",
)  # fmt: skip

UNREAL: Final = _set(
    """
    every monthly weekly daily annually fortnightly tomorrow regularly automatically later recurring next monday
    tuesday wednesday thursday friday saturday sunday payday
    if not never no without unless whether suppose supposing imagine pretend told tells said says say asked asks
    joke
    story remember forgot dream wonder wondering who whom whose why how when where which what did does has had were
    maybe might shall old years age birthday already yesterday ago usually always sometimes once each both until
    because think thought crazy silly stupid safe than more less enough fee reckon bet hope wished refuse hate love
    years-old used heard lyrics attention heed regards respect respects visit tribute wishes song movie film
    """
)
"""A clause with one of these tells, asks, doubts or denies: no payment is heard in it."""
UNREAL_ANYWHERE: Final = _set("if not never without unless whether suppose supposing imagine pretend dream told said")
OTHERS: Final = _set("he she they who it somebody someone everybody people")
"""Before a verb they make it somebody else's."""
MODALS: Final = _set("needs need wants want should must can could will would has ought might may said says")
PLACES: Final = _set("at room floor channel number page platform gate bus until till before after around flat unit")
"""A bare number after one of these is no money."""
BREAKS: Final = _set("so because but cause as")
"""Where a clause ends; the request is in the last."""

PAY_GLUE: Final = _set(
    """
    down onto under
    a an the my our your i you we me us it its that this to of in on at for from with by and so just now then can
    could would will do is are am be here want need like some all up out over off into okay well hey hi hello yes
    thanks thank today really very much back across along also got have let see way worth total amount sum dollars
    money cash payment transfer funds bank account friend mate pal please bill share please right go going about
    towards toward her him them there exactly another new one kindly thanks cheers quick quickly asap away
    immediately him her them bucks possible possibly possible love possess promised supposed meant owe owes gets get
    needs wants should must due invoice called named online wants landlord buddy colleague roommate cousin sister
    company people firm lady guy electricity electric gas water light phone internet rent utility
    brother ma'am sir might tonight soon favor me listen look
    """
)

BARE_GLUE: Final = _set(
    """
    somebody someone anyone person another mine friends
    a the my our i you we me to and so just now then can could would will like want need have some okay well hey hi
    money cash payment bill share account friend back please here today yes let us also right got going go needs
    electricity electric gas water light power phone internet rent utility over off up
    something must should supposed meant wants promised worth total amount of for sum transfer thanks
    """
)
"""All that may stand around a payment of which only the amount or only the payee is said."""

AMEND_CUES: Final = _set(
    """
    wanted prefer preferred pull draw debit
    no not wait sorry oops actually instead meant mean said change make switch rather should correct correction use
    take put better bump raise lower reduce increase only come wrong mistake misspoke supposed want charge draw
    """
)
AMEND_STRONG: Final = _set("instead meant mean change switch wrong correction mistake misspoke rather sorry actually")
AMEND_GLUE: Final = _set(
    """
    misheard misunderstood heard got possible okay fine works what
    get gets wanted prefer going receive receives the_one
    a an the my our your i you we me us it its that this to of in on at for from with by and so just now then can
    could would will do is am be was been have has it's it's want need like all up out off into okay well hey yes
    thanks thank please go going about payment transfer amount payee recipient account name person money one pay
    send give but oh ah hang on hold let rather than must ought should right say saying saids set down goes went
    coming taken drawn paid sent charged better best think try again apologies pardon my bad hmm mean if may might
    """
)

YES: Final = _set(
    """
    yes okay sure absolutely definitely certainly correct affirmative confirm confirmed approve approved agreed
    agree
    indeed perfect authorize authorized accept accepted
    """
)
"""Each says yes by itself."""
YES_PHRASES: Final = (
    "go ahead", "go for it", "do it", "send it", "go on", "make it so", "that is right", "that is correct",
    "that is fine", "that is good", "sounds good", "sounds right", "sounds great", "sounds fine", "looks good",
    "looks right", "looks fine", "let us do it", "of course", "pay it", "send that", "sounds perfect", "works for me",
    "happy with that", "fine by me", "that is it", "looks correct", "sounds correct",
)  # fmt: skip
YES_WHEN_ASKED: Final = _set(
    """
    wish fire green light thumbs deal ship hit means objection objections fair enough sorted golden
    peachy dandy roger works
    right fine good great lovely brilliant excellent exactly alright cool happy proceed spot perfect please do one
    true wonderful ideal grand sweet super works yes wanted please continue crack bang
    """
)
"""Say yes only where a yes or no is awaited."""
YES_GLUE: Final = _set(
    """
    away up my no_problem by all means fire green light thumbs every
    that is it this the i am with to me you can may please thanks thank very much so now then all go ahead on for do
    send pay make payment transfer money through happy okay fine good right well oh and just looks sounds great will
    nicely mate ma'am sir dear love us let by want like would course exactly quite perfectly absolutely pretty what
    yes about those these details everything seems as said off are were got it her him them sure one lovely correct
    spot too cheers be amount
    indeed ahead of course asked wanted meant ta darling buddy pal it's kindly really most straight away sounding
    perfect
    """
)
NO: Final = _set("no not never wrong incorrect negative nope decline declined reject refuse neither nothing")
NO_GLUE: Final = _set(
    """
    got you've heard misheard misunderstood understood mistake there's there mistaken
    that is it this the i am with to me you can may please thanks thank very much so now then all for do did does
    right correct quite what asked want wanted meant said say one good sorry okay rather leave really exactly at
    way yet think ask need would have hmm oh absolutely definitely certainly sure afraid not no wait hang on hold
    today person amount mean be was something else different other another like chance fine happy well but looks
    sounds look sound
    """
)
ASKING: Final = (
    "is it", "is that", "is this", "are you", "can you", "could you", "do you", "did", "what is", "how", "who", "when",
    "why", "where", "can i", "do i", "am i", "would you", "will you", "will it", "does", "should",
)  # fmt: skip

CODE_GLUE: Final = _set(
    """
    texted messaged sending came_through
    a an the my your i you me it its that this is was are to of in on at for from and so just now then okay well hey
    yes thanks thank please here there have got get received sent gave see code codes number numbers digits text
    message sms verification security passcode says said reads read say reading came come through by phone they
    you goes be would will one time has had looks like let us sir right oh ah um final first last next rest
    security six digit password mate dear tell told which showing shows screen bear with moment got found
    """
)

COURTESY: Final = _phrases(
    """
    if that is okay | if that is alright | if that is all right | if that is possible
    | if it is not too much trouble
    | if i may | if you do not mind | if you would not mind | if it is possible | if you could | if you can
    | if you would | if possible | when you have a moment | when you get a chance | when you get a minute
    | at your earliest convenience | would you mind | would you be so kind as to | would you be so good as to
    | be so kind as to | be so kind | do you mind | awfully | real quick | really quickly | quickly | for me
    | as soon as you can | as soon as possible | asap | thank you so much | thank you very much | thanks so much
    | thanks a lot | thank you | thanks | cheers | much appreciated | much obliged | i was wondering if
    | i wonder if
    | do me a favor and | do us a favor and | do me a favor | you know | i suppose | i guess | to be honest
    | or whatever | or something | if you like | my dear | dear | mate | darling | sweetheart | sir | madam | ma'am
    | my friend | bro | dude | man | pal | buddy | would it be possible to | would it be at all possible to | at all
    | i should be most grateful if | i would be grateful if | i would be most grateful if | i would appreciate it if
    | i would appreciate if | sorry to bother you | excuse me | right then | okay so | so yes | sort of | kind of
    | let me see | let us see | let me think | you see | by the way | straight away | go ahead and
    | if you would be so good
    | what i would like is | what i want is | what i need is | what i would like to do is | what i want to do is
    | what i need to do is | the thing is | here is the thing | long story short | i would be glad if
    | i would be happy if
    | i would be pleased if | i would be obliged if | i would be delighted if | on my behalf | be a dear and
    | be an angel and | if you would be so kind | as it happens | when you are ready | when you can
    | at the end of the day
    """
)
"""Dropped from a sentence that isn't understood with them."""

WORDS: Final = frozenset[str]().union(
    PAY_VERBS, CARRY_VERBS, GERUNDS, PAID, DUES, LICENCES, UNREAL, OTHERS, PAY_GLUE, AMEND_CUES, AMEND_GLUE, YES,
    YES_WHEN_ASKED, YES_GLUE, NO, NO_GLUE, CODE_GLUE, (word for phrase in COURTESY for word in phrase.split()),
)  # fmt: skip
