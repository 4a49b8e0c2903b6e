"""What is said, and what it means: one row a case."""

AMOUNTS = {
    "twenty five dollars": "25.00", "25 bucks": "25.00", "$25": "25.00", "$25.00": "25.00", "25": "25.00",
    "forty two fifty": "42.50", "forty two dollars and fifty cents": "42.50", "forty two dollars fifty": "42.50",
    "a hundred and five": "105.00", "twelve hundred": "1200.00", "one point five thousand": "1500.00",
    "$1,250.00": "1250.00", "half a grand": "500.00", "three grand": "3000.00", "two and a half grand": "2500.00",
    "fifty cents": "0.50", "minus twenty": "-20.00", "negative five dollars": "-5.00", "-$20": "-20.00",
    "zero dollars": "0.00", "ten point five five five": "10.555", "1.5k": "1500.00", "a grand": "1000.00",
    "a couple of hundred": "200.00", "nineteen ninety nine": "19.99", "two fifty dollars": "250.00",
    "two hundred fifty": "250.00", "five hundred and fifty": "550.00", "a million dollars": "1000000.00",
    "ten trillion dollars": "10000000000000.00", "one hundred dollars and five cents": "100.05",
    "a dollar fifty": "1.50", "a tenner": "10.00", "two thousand five hundred": "2500.00", "ten oh five": "10.05",
    "one hundred twenty five fifty": "125.50", "25 dollars and 50 cents": "25.50", "twenty-five": "25.00",
    "a dollar and a half": "1.50", "two dollars and a half": "2.50", "a grand and a half": "1500.00",
    "one point five oh": "1.50", "twenty five dollars and fifty cents": "25.50", "$25.5": "25.50",
    "five hundred and six": "506.00", "0.005": "0.005", "minus five": "-5.00", "$ 5.50": "5.50", "25-dollar": "25.00",
    "1,000.50": "1000.50", "12 thousand": "12000.00", "couple hundred": "200.00", "5k": "5000.00",
    "$0.01": "0.01", "$10.555": "10.555", "six hundred sixty six": "666.00", "twenty dollars and": "20.00",
}  # fmt: skip

AMBIGUOUS = {
    "two fifty": "2.50|250.00", "three twenty five": "3.25|325.00", "one twenty": "1.20|120.00",
    "two oh five": "2.05|205.00", "nine ninety nine": "9.99|999.00",
}  # fmt: skip

UNCLEAR = [
    "1.250", "$1.250", "1,250.500", "five k", "twenty five k", "twenty-five k",
    "1.000,50 dollars", "1.000,50", "1.000.000", "1,50 dollars", "1,5", "1,2,3", "12,34 dollars", "1,0000", "$1,000,00",
    "5,00 dollars", "0,500 dollars", "$ 5 . 5 0", "$5 .50", "5 . 50 dollars", "25 .00", ".50", "$.50", "5..50", "5.5.5",
    "10.50.25 dollars", "12 000", "12 000 dollars", "12'000 dollars", "1, 000", "$1, 000", "1_000", "2 5", "25 50",
    "\u0663\u0660 dollars", "\uff12\uff15 dollars", "\u00b25 dollars", "5\u00bd dollars", "1e3", "1e3 dollars", "0x10",
    "- 5 dollars", "+ 5 dollars", "($5)", "~25", "5-10 dollars", "1/2 dollar", "5 1/2 dollars", "5+5 dollars", "5:50",
    "10*5 dollars", "10%", "50\u00a2", "50c", "5 k", "5 m dollars", "25 \u20ac", "\u00a525", "25 CAD", "25o",
    "2O dollars",
    "l0 dollars", "point five dollars", "quarter of a dollar", "a quarter million dollars", "six and a quarter dollars",
    "two and half dollars", "double twenty dollars", "twice ten dollars", "five score", "five pennies", "ten percent",
    "five dollars five", "five dollars and five", "five or ten dollars", "five to ten dollars", "more than ten dollars",
    "one thousand dollars and a half", "007 dollars", "fifty five point", "ten plus five dollars", "nan dollars",
]  # fmt: skip
"""No amount may be taken from these: the customer is asked."""

CODES = {
    "four eight two nine one seven": "482917", "4 8 2 9 1 7": "482917", "4, 8, 2, 9, 1, 7": "482917",
    "482-917": "482917", "482 917": "482917", "4-8-2-9-1-7": "482917", "482917": "482917",
    "oh three five double eight one": "035881", "double four triple zero one": "440001",
    "forty eight twenty nine seventeen": "482917", "my code is four eight two nine one seven": "482917",
    "my code is for eight two nine one seven": "482917", "it's 482 917": "482917",
    "the text says four eight two, nine one seven": "482917", "035581": "035581",
    "zero zero zero zero zero zero": "000000",
}  # fmt: skip

INTENTS = {
    "standing_order": [
        "pay sarah ten dollars every month",
        "pay City Power eighty dollars on the first of every month",
        "pay Sarah fifty on Friday",
        "every Friday send John twenty dollars",
        "schedule a payment of forty dollars to John Doe for tomorrow",
        "set up a recurring payment of fifty dollars to Sarah every week",
        "i want to pay my City Power bill of eighty dollars automatically every month",
        "pay Sarah fifty dollars on the thirty first of each month",
    ],
    "standing_orders": ["what standing orders do I have", "show my standing orders", "my standing orders"],
    "order_pause": [
        "pause my standing order to City Power", "please pause the monthly payment to Sarah",
        "pause the City Power payment", "pause City Power", "suspend payments to City Power",
        "hold off on paying City Power", "put the order to City Power on hold", "pause the order",
    ],
    "order_resume": [
        "resume the standing order to City Power", "restart my standing order", "resume City Power",
        "start paying City Power again", "turn the City Power payments back on", "resume paying City Power",
    ],
    "order_cancel": [
        "cancel my standing order to Sarah", "stop the monthly payment to City Power",
        "stop paying City Power every month", "stop paying City Power", "don't pay City Power any more",
        "cancel my monthly payment to City Power", "don't pay the rent any more", "no more payments to City Power",
        "I don't want to pay City Power every month any more", "stop sending money to Sarah every week",
        "please stop the eighty dollar payment to City Power every month", "cancel autopay for City Power",
        "stop the order",
    ],
    "order_change": [
        "change my standing order to City Power to ninety dollars", "change the City Power order to ninety dollars",
        "move my City Power payments to the fifteenth of each month",
    ],
    "pay": [
        "pay sarah chen twenty five dollars", "send 25 to sarah", "sarah chen twenty five dollars",
        "25 bucks for sarah chen",
        "can you wire sarah chen 25", "i need to get two hundred over to sarah", "let's pay john ten dollars",
        "give john 10",
        "please transfer ten dollars to john doe from my savings", "i owe john ten bucks",
        "from savings pay john ten dollars",
        "make a payment", "pay someone", "send some money to sarah", "pay nobody special ten dollars",
    ],
    "transfer": [
        "move 200 from savings to checking", "transfer fifty dollars to my savings", "put a hundred into savings",
        "shift twenty over to checking", "take 200 out of savings and put it in checking", "pay 50 towards my loan",
        "save twenty dollars", "pay off my credit card", "from savings to checking two hundred", "top up my checking",
        "move money to savings", "transfer money between my accounts", "can you stick 20 bucks in savings",
    ],
    "amend": [
        "to checking instead", "no, to my credit card", "from savings to checking instead", "to savings",
        "make it fifty", "no wait make it fifty", "actually fifty dollars", "fifty not fifteen", "from savings instead",
        "send it to john instead", "use my savings", "fifty", "john doe", "change it to fifty dollars", "i meant fifty",
        "no i said fifty", "yes but make it fifty", "to john", "savings",
        "change the payee to john doe", "change the recipient to john", "change the payee",
        "i want to change my payment",
        "actually I changed my mind, only fifteen dollars, and to John", "i've changed my mind make it fifty",
    ],
    "confirm": [
        "yes", "yeah", "yep", "yup", "sure", "okay", "correct", "that's right", "go ahead", "do it", "yes please",
        "confirm",
        "yes that's correct", "absolutely", "sounds good", "uh huh", "yes go ahead please", "of course", "send it",
        "looks good",
    ],
    "deny" : ["no", "nope", "nah", "no thanks", "that's wrong", "that's not right", "don't", "not really",
    "no that's wrong", "incorrect" ],
    "cancel": [
        "cancel", "stop", "forget it", "never mind", "hang on stop", "cancel that", "don't do that stop", "abort",
        "i changed my mind", "call it off", "stop it", "it wasn't me", "that's not me",
        "don't pay sarah", "don't send it", "i don't want to pay anymore",
        "cancel the payment",
    ],
    "resend": [
        "resend the code", "send it again", "i didn't get it", "i didn't get the code", "no code arrived",
        "send me another code",
        "new code please", "the code expired", "where is my code", "text me again",
    ],
    "balance": [
        "what's my balance", "how much money do i have", "balance", "what do i have in checking",
        "how much is in savings",
        "check my savings balance", "how much have i got left", "hang on, can i check my balance first",
    ],
    "transactions": [
        "show my transactions", "what did i buy yesterday", "last five transactions", "recent activity",
        "list my last ten payments",
        "show me payments to sarah over fifty dollars", "when did i pay sarah fifty dollars",
        "my latest transactions on savings",
    ],
    "spending": [
        "how much did i spend at city power in may", "what have i spent this week", "how much did i pay sarah",
        "total spent at amazon since march", "how much has netflix cost me this year",
    ],
    "loans": [
        "how much is left on my loan", "when's my next instalment due", "what's the interest rate on my loan",
        "how many payments do i have left on the car loan",
    ],
    "credit": [
        "what's my credit limit", "how much credit have i got left", "when is my credit card payment due",
        "how much do i owe on my credit card", "what's the minimum payment",
    ],
    "cards": [
        "where is my new card", "has my debit card been sent", "track my card", "my card hasn't arrived yet",
    ],
    "scheduled": [
        "what's coming up", "what bills are due this week", "list my direct debits", "what's going out next week",
    ],
    "more": ["more", "next", "go on", "show me the next ones", "the next five", "keep going"],
    "back": ["go back", "previous", "undo that", "back to the payment", "take me back one step"],
    "question": [
        "what is an overdraft", "how does compound interest work", "explain apr to me",
        "why do banks charge interest", "is my money safe with you",
    ],
    "mandate": [
        "pay city power up to 100 a month", "set up an allowance for city power", "set up a mandate",
        "i want to set up an allowance for city power", "up to 100 a month", "make it up to fifty a week",
        "create a 100 dollar monthly allowance for city power", "new standing payment for sarah",
    ],
    "mandates": [
        "what mandates do i have", "what standing payments do i have", "do i have any standing payments",
        "show my mandates", "list my standing payments", "which allowances are there",
    ],
    "revoke": [
        "revoke the city power mandate", "cancel the city power mandate", "stop the city power mandate",
        "stop the standing payment to city power", "cancel my standing payment", "revoke city power",
        "stop letting city power take money", "end my allowance for sarah",
    ],
    "status" : ["what's the status of my payment", "did it go through", "is it done", "where is my payment",
    "any news", "did sarah get the money", "what am i waiting for", "what were we doing", "is anything still open",
    "what waits for me", "do i have any open payments" ],
    "repeat": ["repeat that", "say that again", "what did you say", "pardon", "come again", "i didn't get that"],
    "help": ["help", "what can you do", "how does this work", "what are my options"],
    "agent": ["agent", "i want to speak to a person", "get me a human", "representative", "customer service"],
    "greet": ["hello", "hi", "good morning", "hey there"],
    "thanks": ["thanks", "thank you very much", "cheers"],
    "goodbye": ["bye", "goodbye", "that's all", "see you later", "i'm done"],
    "alert": [
        "alert me when my balance is low", "tell me when my balance drops below a hundred", "remind me to pay Sarah",
        "let me know when my salary comes in", "remind me on the first of each month to pay the rent",
    ],
    "alerts": ["what alerts do i have", "list my reminders", "do i have any alerts"],
    "alert_change": ["change my low balance alert to two hundred", "move my rent reminder to the fifth"],
    "alert_pause": [
        "pause my low balance alert", "turn off all alerts", "mute all my notifications", "pause it", "put it on hold",
        "pause that",
    ],
    "alert_resume": [
        "resume my salary alert", "turn my low balance alert back on", "resume it", "start it again", "restart it",
        "please start it again", "turn it back on",
    ],
    "alert_delete": ["delete the second one", "cancel my balance alert", "remove the rent reminder"],
    "quiet": ["no messages between ten at night and seven", "quiet hours", "don't text me after nine in the evening"],
    "not_offered": [
        "freeze my card", "i lost my card", "apply for a loan", "dispute a charge",
        "open an account",
        "buy bitcoin",
        "what's my routing number", "pay sarah fifty euros", "pay sarah ten dollars and john twenty dollars",
        "request ten dollars from john", "add a new payee", "set up a direct debit", "change my password",
        "book an appointment",
    ],
    "unknown": [
        "what is the weather", "pay attention", "pay attention to the road", "send me a joke", "give me a break",
        "you", "",
        "thank you for watching", "i paid sarah yesterday", "did i leave the stove on",
        "should i pay sarah fifty dollars",
        "sarah is fifty", "give it a rest", "send my love to sarah's mother",
        "!!!", "§a0 §p0",
        "transfer me to nirvana", "i was sent to prison for twenty years",
    ],
}  # fmt: skip

PAYEES_HEARD = {
    "sarah chen": "Sarah Chen", "sir chin": "Sarah Chen", "sara chan": "Sarah Chen", "sarah shen": "Sarah Chen",
    "jon dough": "John Doe", "john do": "John Doe", "sitty power": "City Power", "city powers": "City Power",
    "sarah": "Sarah Chen", "john": "John Doe", "power": "City Power",
}  # fmt: skip

STRANGERS = [
    "sarah jones",
    "john smith",
    "jane doe",
    "bob",
    "sally",
    "city hall",
    "megan",
    "serena",
    "jim beam",
    "bob smith",
    "peter chan",
]

CODES_AWAITED = [
    "303152", "no 303152", "sorry, no 303152", "wrong, 303152", "no, it is 303152", "no wait 303152", "I mean 303152",
    "I meant 303152", "make that 303152", "correction 303152", "303,152", "303-152", "303.152", "yes 303152 please",
    "ok, the code is 303152", "my code is 303152, thanks", "wait, it's three oh three one five two",
    "three hundred and three thousand one hundred fifty two",
]  # fmt: skip

CANCELS_AWAITED = [
    "cancel 303152", "cancel three zero three one five two", "303152 cancel", "stop 303152", "abort 303152",
    "forget it 303152", "cancel, the code is 303152", "never mind 303152", "cancel four eight two", "303 cancel 152",
]  # fmt: skip

ASKED_AGAIN_AWAITED = [
    "not 303152", "my code is not 303152", "the old code was 303152", "is it 303152", "don't cancel 303152",
    "a man on the phone told me to say 303152", "$303152", "303152 dollars", "make it 303152", "maybe 303152",
    "303152 for John Doe", "make it 303,152.00 dollars", "pay 303152 ten dollars", "303152 no",
    "make it three hundred three thousand one hundred fifty two dollars", "no code 303152", "wrong code 303152",
    "pay John Doe 303152", "pay John Doe 3031.52", "303152 " + "please " * 80 + "cancel",
    "\u043d\u0435\u0442 303152", "not four eight two", "John Doe three zero three one five two", "is the code 303152",
    "make it 303 not 152", "make it 303152 not 5",
]  # fmt: skip
"""Digits that may be the code, with words beside them that leave a doubt: nothing is done and nothing is kept."""

UNASKED = [
    "refund John Doe ten dollars", "undo the payment to John Doe", "have you paid John Doe ten dollars",
    "cancel pay John Doe 25 dollars", "pay John Doe 25 dollars please cancel that", "pay anyone except John Doe 25",
    "pay Sarah Chen's brother 25", "pay John Doe 25 dollars twice", "pay John Doe 25 dollars three times",
    "pay everyone but John Doe 25", "did you pay John Doe ten dollars",
    "can I afford to pay John Doe 25", "I've paid John Doe 25", "I should have paid John Doe 25 dollars",
    "we have already sent John Doe 25", "I was going to pay John Doe 25", "dispute 25 dollars to John Doe",
]  # fmt: skip
"""A payee and a sum, and no payment is asked for."""

LEFT_ALONE = [
    "don't cancel my payment", "don't cancel it", "please don't cancel that", "I don't want to cancel it",
    "never cancel the payment to Sarah", "did you cancel it", "how do I cancel it", "is it too late to cancel",
    "what happens if I cancel it", "don't pause my standing order to City Power", "I don't want to pause the order",
    "don't resume my standing order to City Power", "why did you pause my standing order to City Power",
    "I didn't mean to pause my standing order", "how do I pause my standing order",
    "don't change my standing order to City Power to ninety", "don't turn off my alerts",
    "don't delete my low balance alert", "did you pause my alert", "are my alerts paused",
    "I don't want to revoke the City Power mandate", "the 25 to John didn't go through",
]  # fmt: skip
"""What there is stays as it is."""

STANDING = {
    "pay city power up to 100 a month": ("100.00", "City Power", "month", ""),
    "pay city power up to a hundred dollars a month": ("100.00", "City Power", "month", ""),
    "can you pay city power up to 50 dollars per week from savings": ("50.00", "City Power", "week", "savings"),
    "set up a standing payment for city power of up to one hundred dollars every month": (
        "100.00", "City Power", "month", ""),
    "set up an allowance for city power of up to one hundred dollars every month": (
        "100.00", "City Power", "month", ""),
    "let city power take up to 50 a week from savings": ("50.00", "City Power", "week", "savings"),
    "allow sarah to take at most 20 dollars a day": ("20.00", "Sarah Chen", "day", ""),
    "authorize city power to charge no more than 200 monthly": ("200.00", "City Power", "month", ""),
    "pay up to 1,250.00 a year to john": ("1250.00", "John Doe", "year", ""),
    "give city power a monthly allowance of 100 dollars": ("100.00", "City Power", "month", ""),
    "city power may take up to seventy five dollars every week": ("75.00", "City Power", "week", ""),
    "pay city power up to 100": ("100.00", "City Power", "", ""),
    "set up an allowance for sarah": ("", "Sarah Chen", "", ""),
    "up to fifty a week": ("50.00", "", "week", ""),
    "pay sitty power up to 100 a month": ("100.00", "City Power", "month", ""),
}  # fmt: skip
"""Amount, payee, period and account of a standing mandate; what is missing is asked for."""

NO_SINGLE_PAYMENT = [
    *STANDING,
    "pay city power 100 a month",
    "pay city power 100 every week",
    "every month pay city power 100",
    "pay city power 100 dollars monthly",
    "pay city power a maximum of 100",
    "pay city power up two hundred a month",
    "pay city power up too 100",
    "city power up to 100",
    "send city power 100 per month",
    "pay 100 to city power weekly",
    "pay city power not more than 100",
    "i owe city power up to 100 a month",
    "pay city power 100 at most",
    "pay sarah up to 100 a month and john up to 50 a month",
    "give sarah 20 each week",
    "pay city power upto 100 a month",
]
"""A limit, or again and again: never one payment, nor a change of one."""

STILL_A_PAYMENT = [
    "pay city power 100", "pay sarah ten dollars for the weekly shop", "pay sarah fifty for a month of rent",
    "pay city power 100 dollars for this month", "pay city power one hundred",
]  # fmt: skip
