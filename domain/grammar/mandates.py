"""Standing mandates: setting one up, asking for them, revoking one. What makes one is a cap, or its name."""

from __future__ import annotations

import re
from typing import Final

TEXT: Final = """
cap = up to | at most | no more than | not more than | a maximum of | maximum | as much as | anything up to | a limit
    of | a maximum | up to a maximum of | up to a total of ;
span = day | week | month | year ;
per = (a | per | each | every | in a | in any | in one | any one) <span> | daily | weekly | monthly | yearly |
    annually | by the <span> ;
capped = <cap> (<sum> [<per>] | [<per>] <sum>) | <sum> (at most | maximum | max | at the most | or less) [<per>] |
    <per> <cap> <sum> | <sum> <per> (at most | maximum | max | at the most | or less) ;
sort = daily | weekly | monthly | yearly | annual | regular | new | spending | fixed ;
noun.mandate = (standing | standing monthly) (payment | payments | mandate | permission | allowance) | mandate |
    allowance | spending allowance | payment mandate | payment allowance ;
take = take | have | draw | collect | charge [me] | get | debit | bill [me] | withdraw | be paid | receive | spend |
    deduct | pull | claim | debit me ;
begin.mandate = set up | set [me] up with | create | make | open | start | add | arrange | get | establish | give me |
    set [me] up | new ;
mandate = (i am (happy | fine | okay) (for | with) <who> (to <take> | taking | charging | collecting) <capped> |
    <give> <who> <capped> | <give> <capped> <towards> <who> | <give> <capped> <towards> <who> <per> | <give>
    <who> <per> <cap> <sum> | [i] (let | allow | authorize | permit | approve) <who> [to] <take> <capped> | (let |
    allow |
    authorize | permit) <who> <capped> | $payee (may | can | is allowed to | should be able to) <take> <capped> | (let
    | allow | authorize | permit) <who> [to] <take> <sum> <per> | [<begin.mandate>] (a | an | another | one | my)
    [<sort>] <noun.mandate> [(for | to | with | of) <who>] [[of | with] <capped> | of <sum> [<per>]] [(for | to |
    with) <who>] [<per>] | <begin.mandate> [a | an | another | new] [<sort>] <noun.mandate> [(for | to | with)
    <who>] [[of | with] <capped> | of <sum> [<per>]] | (give | grant) <who> (a | an) [<sort>] <noun.mandate> [[of |
    with] <capped> | of <sum> [<per>]] [<per>] | <begin.mandate> (a | an) (<sum> | <capped>) [<sort>] <noun.mandate>
    (for | to | with) <who> | <capped> [[<towards> | for] <who>] | $payee <capped> | (make it | change it to |
    change that to | set it to | make that) (<capped> | <sum> <per>)) [$source] ;
mandates = [<show>] [what | which] [are] [all] [of] [my | the | any | your] [active | current | open] (standing
    (payments | mandates | permissions | allowances) | mandates | allowances | payment mandates) [(do i have | have i
    got | have i set up | have i given | are there | are active | are set up | i have | did i set up)] | do i have
    [any | a] [active] (<noun.mandate> | mandates | allowances | standing payments) [(for | to | with) $payee] | (what
    | who |
    which (companies | payees | people | businesses)) (am i | have i | do i) (allowing | allowed | allow | authorized |
    authorizing | permitted | given permission) [to (take | collect | charge) (money | payments | me) | to take money
    [from me | from my account]] | how much is left (of | on | in) [my | the]
    [$payee] (<noun.mandate>) [for $payee] | list [my | all my] (mandates | standing payments | allowances) ;
stop.it = revoke | cancel | stop | end | remove | delete | withdraw | take away | take back | terminate | call off |
    get rid of | switch off | turn off | close ;
revoke = (<stop.it> | i want to <stop.it> | i would like to <stop.it>) [my | the | that | this | a] [<sort>] ($payee
    [<sort>] <noun.mandate> | <noun.mandate> [(for | to | of | with) $payee] | $payee (permission | authorization |
    access | right) [to
    <take> [money | me | $words] | $words])
    [now | again | please] | (revoke | withdraw) $payee | do not (let | allow) $payee [to] <take> [any more | any]
    [money] [anymore | any more | from me] | i do not want $payee (to <take> |
    taking | charging | collecting | debiting | billing) [money | anything | payments | me | $words] [any more |
    anymore] | (stop | no longer) (letting | allowing) $payee [to] <take> [money |
    anything | $words] | [the] $payee <noun.mandate> (is | should be) (over | revoked | cancelled) ;
"""

CAPS: Final = re.compile(
    r"\b(?:(?:anything )?up to(?: a (?:maximum|total) of)?|at (?:the )?most|(?:no|not) more than|a maximum(?: of)?"
    r"|maximum|max|as much as|a limit of|or less) "
)
"""Words that make a sum a limit; beside a mandate's sum they leave it clear."""
_SPANS: Final = (("day", "daily"), ("week", "weekly"), ("month", "monthly"), ("year", "yearly"), ("year", "annually"),
                 ("year", "annual"))  # fmt: skip
_BEFORE: Final = r"(?:a|an|per|each|every|any|one|the|by the) "
_LIMITED: Final = re.compile(
    r"\b(?:up (?:to|two|too|2)|at most|at the most|no more than|not more than|as much as|maximum of|limit of|or less)\b"
    r"|\b(?:dollars|bucks|\d+) (?:max|maximum)\b"
)
_REPEATED: Final = re.compile(
    r"\b(?:per|each|every) (?:day|week|month|year)\b|(?<!for )\ba (?:day|week|month|year)\b(?! (?:of|off|out)\b)"
    r"|(?<!the )(?<!my )(?<!our )(?<!a )\b(?:monthly|weekly|daily|yearly|annually)\b"
)


def period_in(text: str) -> str:
    """`a month`, `every month`, `monthly` as `month`; empty where none is said, or two."""
    found = {
        span for span, often in _SPANS if re.search(rf"\b{_BEFORE}{span}\b", text) or re.search(rf"\b{often}\b", text)
    }
    return found.pop() if len(found) == 1 else ""


def bare_period(words: list[str]) -> str:
    """The period where nothing else is said: `a month`, `monthly`, `week`. Empty for anything more."""
    text = " ".join(word for word in words if word not in _AROUND)
    return next((span for span, often in _SPANS if text in {span, often}), "")


_AROUND: Final = frozenset(["a", "per", "each", "every", "the", "by", "it", "is", "one", "please", "make", "well"])


def limits(text: str) -> bool:
    """Whether a sentence names a limit or a repetition: then it asks for no single payment."""
    plain = text.lower()
    return _LIMITED.search(plain) is not None or repeats(text)


def repeats(text: str) -> bool:
    """`100 a month`, `every week`, `monthly`: no single payment either."""
    return _REPEATED.search(text.lower()) is not None
