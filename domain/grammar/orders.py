"""Standing orders that there are: pausing, resuming and cancelling one. Setting one up is a payment with a time."""

from __future__ import annotations

import re
from typing import Final

TEXT: Final = """
sort.order = standing | monthly | weekly | daily | yearly | annual | regular | recurring | automatic | repeating |
    repeated | scheduled | usual | fixed | $every ;
thing.order = [bank] (order | orders | payment | payments | transfer | transfers) | autopay | direct debit | direct
    debits | bill payment | bill payments ;
its.order = my | the | that | this | those | these | our | all | any | all [of] my | all [of] the ;
to.order = (to | for | of | into) ($payee | [my | the] $account [account]) ;
one.order = [<its.order>] [<sort.order>] ($payee | $account) [<sort.order>] <thing.order> | [<its.order>]
    [<sort.order>] <thing.order> [<to.order>] [$every] | [<its.order>] [<sort.order>] <thing.order> [of] <sum>
    [<to.order>] ;
regular.order = [<its.order>] <sort.order> ($payee | $account) <thing.order> | [<its.order>] [<sort.order>] ($payee
    | $account) <sort.order> <thing.order> | [<its.order>] <sort.order> <thing.order> [<to.order>] [$every] |
    [<its.order>] [<sort.order>] [$payee | $account] (order | orders | payments | transfers) [<to.order>] [$every] |
    [<its.order>] [$payee] (payment | transfer) [<to.order>] $every ;
paying.order = paying | sending | giving | transferring | moving | putting | wiring | making ;
pays.order = pay | send | give | transfer | move | put | wire | make ;
whom.order = [money | <sum>] [out of | from] [my] [$account] [to | into] ($payee | [my | the] $account) [money |
    <sum>] | <regular.order> ;
ever = any more | anymore | any longer | again | ever again | from now on ;
often = $every | [so] (regularly | automatically) ;
while = for now | for a while | for the time being | for the moment | until further notice | $when | until $words ;
order_pause = (pause | suspend | freeze | halt | interrupt) (<one.order> | $payee) [<while>] | put <one.order> on
    (hold | pause | ice) [<while>] | (hold | hold off) (<one.order> | [on] <paying.order> <whom.order>) [<while>] |
    (pause | suspend) <paying.order> <whom.order> [$every] [<while>] | (stop | do not) (<paying.order> |
    <pays.order>) <whom.order> [$every] (for now | for a while | for the time being | for the moment | until further
    notice) ;
order_resume = (resume | restart | reactivate | unpause | reinstate | continue) (<one.order> | [with] <paying.order>
    <whom.order> | $payee) [$every] [again] | (start [up] | begin | go back to) (<paying.order> <whom.order> |
    <one.order>) [$every] again | (turn | switch) (<one.order> back on | back on <one.order>) | go on (with
    <one.order> | <paying.order> <whom.order>) | take <one.order> off hold ;
order_cancel = no more <thing.order> <to.order> | (stop | quit | cease | end | discontinue) <paying.order>
    <whom.order> [<often>] [<ever>] | (do not | no longer | never) <pays.order> <whom.order> [<often>] <ever> | (do
    not | no longer) <pays.order> <whom.order> <often> [<ever>] | no longer <pays.order> <whom.order> | i (do not |
    no longer) (want | wish | need | like) [you] to <pays.order> <whom.order> ([<often>] <ever> | <often>) | i no
    longer (want | wish) [you] to <pays.order> <whom.order> | (cancel | stop | end | delete | remove | terminate |
    call off | get rid of | drop | kill | scrap | discontinue | close | undo) <regular.order> [<ever>] | take $payee
    off [my] (standing orders | regular payments) | (do not | no longer) <pays.order> (my | the | our) (rent | bill
    | bills | electricity | gas | phone | water | insurance | subscription | membership | mortgage) <ever> | (stop |
    quit) <paying.order> (my | the | our) (rent | bill | bills | electricity | gas | phone | water | insurance |
    subscription | membership | mortgage) [<often>] [<ever>] ;
part.order = [the (amount | sum | date | day) (of | on | for)] ([<its.order>] [<sort.order>] $payee [<sort.order>]
    (order | orders | payments) | [<its.order>] <sort.order> [$payee] <thing.order> [<to.order>] | [<its.order>]
    order [<to.order>] | [<its.order>] payments <to.order>) [amount | sum | date | day] ;
order_change = (change | raise | increase | lower | reduce | update | adjust | move | switch | alter | edit | set |
    bump [up] | cut | make | put) <part.order> [from <sum> | from $every] [to | by | at | so that it is | on] (<sum>
    [instead] [$every | $date] | $every | $date) [instead] ;
"""

UNWILLING: Final = re.compile(
    r"\b(?:stop|quit|cease|no longer|not|never) (?:[a-z]+ ){0,4}?(?:pay|send|giv|transferr?|mov|put|wir|mak)[a-z]* "
)
"""Whoever says this sets nothing up."""
REMINDS: Final = re.compile(r"\b(?:not|never) (?:forget|hesitate|fail) ")
ALERT_NOUN: Final = re.compile(r"\b(?:alert|reminder|notification|warning|message|text)s?\b", re.IGNORECASE)
ORDER_NOUN: Final = re.compile(r"\b(?:standing|order|orders|payments?|transfers?|recurring|regular)\b", re.IGNORECASE)
SAYS_ORDER: Final = re.compile(
    r"\b(?:standing|orders?|recurring|regular(?:ly)?|automatic(?:ally)?|repeating|every|each|daily|weekly|monthly"
    r"|yearly|annual)\b",
    re.IGNORECASE,
)
"""Not one payment that is open, but one that comes again."""
STOP_IT: Final = re.compile(
    r"\b(?:cancel|stop|end|delete|remove|drop|kill|terminate|scrap|discontinue|get rid of|call off)\b"
    r".*\b(?:it|that|this|them|that one|this one)\b",
    re.IGNORECASE,
)
