"""Moving money between one's own accounts."""

from __future__ import annotations

from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT: Final = """
mine.own = [my | the | our | my own] $account [account | bill | balance | debt] ;
out.own = (from | out of | off) <mine.own> ;
into = to | into | in | in to | over to | over into | onto | across to | across into | back to | back into |
    towards | toward | on to ;
shift = transfer | move | put | shift | send | take | sweep | push | deposit | pull | add | place | stick |
    pop | bring | drop | switch | throw ;
some.own = <sum> | <money> | some | everything | half | all my money | all of it | half of it ;
transfer = [make | do | set up] (a | an) (transfer | payment) between [my] (own | accounts | own accounts)
    [accounts] | <shift> [<some.own>] [over | across] [<out.own>] <into> <mine.own> [<out.own>] | <shift>
    [<some.own>] <out.own> and (put | stick | pop | place) it (in | into | on) <mine.own> | <shift> <out.own>
    <into> <mine.own> <sum> | <shift> <mine.own> <sum> <out.own> | (transfer | move | transfers | moving)
    [<some.own>] between [my] (own | accounts | own accounts | $account and $account) [accounts] | (pay off |
    pay down | pay | clear) [<sum>] [on | off | of | toward | towards | to | into | onto | in] <mine.own>
    [off] [<sum>] [<out.own>] | (make | do | set up) (a | an) [<sum>] (payment | transfer) [of <sum>]
    [<out.own>] (on | to | towards | toward | for | into) <mine.own> [<out.own>] [of <sum>] | [a | an]
    (transfer | payment) of <sum> [<out.own>] (to | into | towards) <mine.own> [<out.own>] | top up <mine.own>
    [(with | by) <sum>] [<out.own>] | (put | set | put away | lay) (<sum> | money | some money) (aside | away
    | by) | (move | shift | sweep | pull) [<some.own>] <out.own> | (save | put aside | set aside | stash | put
    away | tuck away) (<sum> | money | some money) [<out.own>] | [<sum>] (from | out of) <mine.own> <into>
    <mine.own> [<sum>] | <mine.own> to <mine.own> <sum> | <sum> <into> <mine.own> <out.own> | withdraw <sum>
    <out.own> <into> <mine.own> ;
"""

VERBS: Final = _set(
    """
    transfer move put shift send take sweep push deposit pull add place stick pop bring drop switch shuffle
    slide slip chuck bung throw fling float pay clear top save stash tuck moving transferring putting shifting
    sending paying transferred moved shifted sent paid swap shovel channel route get lob dump park
    """
)
GLUE: Final = _set(
    """
    another a an the my our own i you we it of to into in on onto from out off over up across back towards toward by
    with for and then so just now please can could would will may like want need have got go going ahead let
    us me account accounts bill balance debt money cash funds some amount sum worth dollars bucks total
    exactly okay well hey hi hello yes thanks thank today right away also be is that this there down aside
    half everything all possible quickly kindly
    """
)
"""All that may stand around a transfer that no rule fits; with any other word it is none."""
