"""Open questions to a bank, which no tool answers: how they are put, and what they are about."""

from __future__ import annotations

import re
from typing import Final

_ABOUT: Final = r"""
overdrafts? overdrawn overdraw interest rates? apr apy percentage compound compounding inflation mortgages? loans?
credit
debit debt debts borrow borrowing savings? saving save savers? budget budgeting invest investing investments? bonds?
stocks?
shares? funds? isa ira pension pensions retire retirement tax taxes fees? charges? charged penalty penalties fdic
insured credit_score factor_authentication
insurance guarantee guaranteed scam scams fraud phishing identity theft safe safely secure security encryption password
passwords passkey passkeys biometric biometrics authentication verification code codes fingerprint swift iban bic
routing
wire wires transfers? payments? standing_order direct_debit mandates? chequing checking accounts? bank banks banking
banker
cheques? checks? deposits? deposit withdrawals? withdraw cash atm cards? card chargebacks? refunds? disputes? currency
currencies exchange   escrow collateral  amortization amortisation equity dividend dividends annuity
credit_union collateralized money
     payee payees overdue  bankrupt bankruptcy  foreclosure
refinance
refinancing consolidate consolidation  crypto bitcoin
"""
_TOPIC: Final = "|".join(word.replace("_", " ") for word in _ABOUT.split())
ABOUT: Final = re.compile(rf"\b(?:{_TOPIC})s?\b")
"""A word of banking."""

_OPENING: Final = (
    r"(?:(?:so|well|hey|hi|hello|okay|right|and|now|oh|but|then|yes|sorry|wait|actually|listen|quick question"
    r"|question|one"
    r" question|i have a question|can|could|would|you|do|to|me|please|tell|i|am|was|want|know|wondering|wonder"
    r"|curious|like|just|"
    r"help|understand|explain|remind|need|about|if|mind|telling|explaining|hold on|any idea|ask|asking|thing|what i"
    r"|a|may|"
    r"confused|sure|not|out|for|trying|let|quickly|briefly|simply|in simple terms|in plain english|always wondered"
    r"|never understood|stupid question|silly question|dumb question) )*?"
)
_THING: Final = r"(?:[a-z]+ ){1,4}?"
CERTAIN: Final = re.compile(
    rf"{_OPENING}(?:what (?:is|are|was) (?:an? |the (?:difference|point|best way|safest way|purpose|risks?|dangers?"
    rf"|pros|cons|downsides?|upsides?|rules?|advantages?"
    rf"|benefits?|definition"
    rf"|meaning)|meant by|considered)|what (?:exactly |actually )?(?:does|do|did) (?:an? |the )?{_THING}(?:mean"
    rf"|stand for)\b"
    r"|what (?:happens|would happen|will happen) (?:if|when|to)|what (?:makes|causes|affects|determines|kinds? of"
    r"|types? of|counts)"
    r"|what should (?:i|you|people|one|we)|what would you (?:recommend|advise|suggest)|which is (?:better|safer"
    r"|cheaper)"
    rf"|how (?:does|do) (?:an? |the )?(?!i |you |we |this |it ){_THING}(?:work|differ|affect|make|decide|calculate"
    rf"|get|protect|know)"
    rf"|how (?:is|are) (?:an? )?(?!my |our ){_THING}(?:calculated|worked out|computed|charged|taxed|decided|set"
    rf"|different|determined)"
    r"|how (?:can|could|should|would|might|do) (?:i|you|we|one|people) (?:[a-z]+ )?(?:save|improve|build|raise|avoid"
    r"|protect|budget"
    r"|invest|lower|reduce|choose|know|tell|spot|recognise|recognize|stop paying|get out of|cut|start|plan|keep"
    r"|calculate|compare"
    r"|become|use an?)|how (?:safe|secure|risky|good|bad|common|likely|easy|hard|long) (?:is|are|does|do|would|should)"
    r"|how much (?:should (?:i|we|one|people|you) have|(?:should|do) (?:i|we|one|people|you) (?:save|keep|put|borrow"
    r"|need|charge))|why (?:do|does|is|are|did"
    r"|would|should|can)"
    r"|explain|define|describe|how (?:an? |the )?(?!much |many |do |does |did )(?:[a-z]+ ){1,4}?works? "
    r"|(?:the )?difference between|(?:the )?meaning of|should (?:i|we|one|you)"
    r"|is it (?:safe|better|worth|possible|true|normal|legal|wise|an? |smart|bad|good|risky|necessary|dangerous|ever)"
    r"|(?:is|are) (?:my|our|the) (?:money|savings|deposits?|data|details|information) (?:[a-z]+ )?(?:safe|insured"
    r"|protected|secure"
    r"|guaranteed|covered)|do (?:you|they|banks) (?:charge|insure|report|sell|store|ever|have (?:an? |any )?(?:fees?"
    r"|charges?))"
    r"|does (?:having|closing|opening|checking|paying|using|being|applying|missing|an? ) ?|who (?:regulates|insures"
    r"|decides|sets))"
)
"""How a general question begins: about things as such, not about what is the customer's own."""
LIKELY: Final = re.compile(
    rf"{_OPENING}(?:what (?:is|are) (?!the |my |your |our |that |this |it )|what |how (?!much |many )|why "
    rf"|when (?:should|do|does)|who |which"
    r"|tell me (?:more )?about|are |is |do |does |can |could |should )"
)
"""Begins like a question; it is one where nothing else is understood."""
OWN: Final = re.compile(
    r"\b(?:my (?:next|last|latest|current|available|outstanding|monthly|[a-z]* ?(?:balance|limit|payments?|loan"
    r"|mortgage|card|instal"
    r"ments?|repayments?|bills?|transactions?|order|minimum|purchases?|spending|salary))|do i (?:owe|have left"
    r"|have in|still owe)|did i|have i|i owe|am i (?:paying|overdrawn)|due|left on)\b"
)
"""What is the customer's own is looked up, not explained."""
