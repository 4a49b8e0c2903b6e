"""Words that any request may begin or end with, and tables of forms that mean the same."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


TEXT: Final = """

# how a request begins; may be repeated
lead = okay | alright | all right | so | well | hey | hi | hello | hi there | good (morning | afternoon | evening) |
    now | right | oh | and | then | yes | look | listen | wait | sorry | excuse me | also | next | great | perfect |
    cool | actually | hiya | love | darling | dear | (can | could | would | will | may) (you | we | i) [go ahead and]
    | i (want | need | wish | have | got | have got | am trying | am looking | am going | am hoping | was hoping | was
    wanting | was going | intend | plan) to | i (would like | would love | would prefer | would rather like) [to] | i
    (want | need | would like) (you | it | this) to | i was wondering if (you | i) (can | could | would) | would you
    mind | i would appreciate it if you (could | would) | i would be grateful if you (could | would) | are you able to
    | (is it | would it be) possible [for (you | me)] to | do you think you (can | could) | let us | let me | help me
    [to] | go ahead and | i will | do me a favor and | time to | make sure (you | to) | you need to | i need | i want
    | assist me (in | with) | help me with | any chance (you | i) (can | could) | if you (could | can | would) | i
    think i (will | should | need to | want to) | we need to | we should | how about (you | we) | be a dear and ;

# how a request ends; may be repeated
tail = thanks very much | thank you very much | thanks a lot | now | right now | today | right away | immediately | as
    soon as possible | asap | thanks | thank you [so | very] [much] | for me | if (you can | possible | you could |
    you do not mind | you would | that is okay | that is possible) | will you | would you | can you | could you | okay
    | then | at once | straight away | this morning | this afternoon | this evening | tonight | real quick | quickly |
    when you can | at the moment | currently | at present | mate | buddy | alright | there | too | as well | again |
    cheers | much appreciated | i think | actually | go ahead | at this point | instead of that | love |
    dear | darling | sir | madam ;
pronoun = it | that | this | them | those ;
person = her | him | them | they | she | he ;
have = have | have got | got ;
"""

FILLERS: Final = frozenset(
    _words(
        """
    um uh er erm ah eh hm hmm mm uhm umm please kindly just basically literally simply maybe perhaps like
    """
    )
)
"""Dropped wherever they stand (`like` not after `would`)."""

SAME: Final = {
    "what's": "what is", "whats": "what is", "where's": "where is", "how's": "how is", "who's": "who is",
    "when's": "when is", "that's": "that is", "thats": "that is",
    "there's": "there is", "here's": "here is", "it's": "it is", "let's": "let us", "lets": "let us",
    "he's": "he is", "she's": "she is",
    "i'd": "i would", "id": "i would", "i'm": "i am", "im": "i am", "i'll": "i will", "i've": "i have",
    "ive": "i have", "you're": "you are",
    "you've": "you have", "you'd": "you would", "you'll": "you will", "we'd": "we would", "we're": "we are",
    "they're": "they are", "don't": "do not",
    "dont": "do not", "doesn't": "does not", "didn't": "did not", "didnt": "did not", "can't": "can not",
    "cant": "can not", "cannot": "can not",
    "won't": "will not", "wouldn't": "would not", "haven't": "have not", "havent": "have not", "hasn't": "has not",
    "isn't": "is not", "isnt": "is not",
    "aren't": "are not", "wasn't": "was not", "couldn't": "could not", "shouldn't": "should not",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "gimme": "give me", "lemme": "let me", "kinda": "",
    "ok": "okay", "okey": "okay", "k": "okay", "alrighty": "alright", "yea": "yes", "yeah": "yes", "yep": "yes",
    "yup": "yes", "ya": "yes", "yah": "yes",
    "aye": "yes", "nope": "no", "nah": "no", "naw": "no", "thx": "thanks", "pls": "", "plz": "", "u": "you",
    "ur": "your",
    "cancelled": "cancelled", "cheque": "check", "favour": "favor", "acct": "account", "txns": "transactions",
    "otp": "code", "passcode": "code", "pin": "pin",
    "could've": "could have", "y'all": "you", "'em": "them", "bye-bye": "bye bye",
}  # fmt: skip
"""Short and slurred forms, and what the rules call them."""

CONTRACTIONS: Final = {
    "what is": "what's", "that is": "that's", "it is": "it's", "i would": "i'd", "i am": "i'm", "i will": "i'll",
    "i have": "i've",
    "do not": "don't", "did not": "didn't", "let us": "let's", "can not": "can't", "have not": "haven't",
    "where is": "where's",
    "going to": "gonna", "want to": "wanna",
}  # fmt: skip
"""How the rules' full forms are mostly said; the recogniser has to hear both."""

ACCOUNT_FORMS: Final = {
    "checking": ("checking", "chequing", "checkin", "current account", "debit account", "main account", "checkings"),
    "savings": ("savings", "saving", "saver", "rainy day fund"),
    "credit card": ("credit card", "credit", "visa", "mastercard", "credit line"),
    "loan": ("loan", "personal loan", "car loan"),
}  # fmt: skip
"""What customers call their accounts. The first form is the one that the assistant uses."""

NOT_NAMES: Final = frozenset(
    _words(
        """
    a an the my our your his its their this that these those it me i you we us he she they him her them who whom
    what when where why how which if because and or but not no yes to from for with into onto of in on at by as
    out off over up down about is am are was were be been do does did done have has had can could will would
    shall should may might must let go get got give gave send sent pay paid transfer wire move make made take
    put keep tell show say said ask want need like please some any all more less much many other another same
    different attention heed respect respects tribute homage visit mind back later soon tomorrow tonight today
    now then here there again always never money cash payment payments transfer transfers code codes message
    text email account accounts balance transactions bill bills dollars dollar cents bucks checking savings
    credit loan card instead actually sorry wait hold stop cancel thanks okay help everything nothing something
    anything someone somebody anyone everybody people person one ones first last next time way thing things
    stuff love best regards luck hand break ride call ring shout chance try hint idea look hug kiss question
    answer good bad right wrong sure fine great really very too so just also only even still than through
    between against during before after above below each every few most own bank customer service agent human
    representative number numbers pin password name names address phone reminder invoice flowers picture photo
    letter weather joke jokes song songs music news story stories pizza
    """
    )
)
"""Words that can't stand where an unknown payee's name is expected."""
