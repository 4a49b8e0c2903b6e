"""Paying someone, and changing what is to be paid."""

from __future__ import annotations

from typing import Final

TEXT: Final = """
give = pay | send | chuck | pop | ping | toss | throw | sling | bung | fling | float | give | transfer | wire | zelle
    | venmo | shoot | slip | hand | lend | tip | repay | reimburse | pay back | forward | spot | loan | paypal |
    send
    over | send out ;
carry = <give> | get | move | put | push | remit | drop | pass | deposit | send across | wire across | pay out ;
relation = friend | buddy | pal | landlord | roommate | flatmate | cousin | boss | neighbor | colleague | babysitter |
    cleaner | mate ;
who = [[to] my <relation> | mr | mrs | ms | miss] $payee [account] | [my | our | the | mr | mrs | ms | miss] $name ;
sum = $amount | a $amount | (the sum | a total | a sum | the amount | an amount) of $amount | (exactly | another |
    only | about | around) $amount | $amount (only | exactly | total | in total | even | flat) ;
towards = to | over to | across to | toward | towards | out to | through to | into | on over to ;
payment = payment | transfer | wire | bank transfer | money transfer | wire transfer | deposit | transaction ;
begin = make | do | set up | start | create | arrange | initiate | schedule | process | send | complete | place |
    submit | put through | issue | authorize ;
purpose = for $words | as a (gift | present | loan) | toward $words ;
money = money | some money | cash | some cash | funds | some funds | a payment | something ;
pay = (<carry> <sum> [<money> | worth] <towards> <who> | <give> <who> <sum> | <give> <who> back <sum> | <give>
    <person> <sum> | <carry> <sum> [<money>] | (pay | pay back | repay | reimburse | settle with | pay to | settle)
    <who> | (send | transfer | wire | zelle | venmo) [to] $payee | <sum> (sent | paid | transferred | wired) to
    <who>
    | pay off $payee [<sum>] | <carry> <money> [<towards> <who>] [of <sum>] | <carry> <towards> <who> <sum> |
    <carry>
    <towards> <who> | <carry> <who> <money> [of <sum>] | <carry> <sum> <towards> <person> | <begin> (a | an | one)
    <sum> <payment> (to | for) <who> | (do | make) <sum> <towards> <who> | <sum> $payee | <sum> (needs to go |
    should
    go | has to go | goes | must go) <towards> <who> | $payee (needs to get | wants | should receive | needs to
    receive | must get) <sum> | <begin> (a | an | another | the | my | one) [new] [<sum>] <payment> [(of | for)
    <sum>]
    [(to | for) <who>] [(of | for) <sum>] | [a | an] [new] <payment> [of <sum>] (to | for) <who> [(of | for) <sum>]
    |
    [a] <payment> of <sum> [(to | for) <who>] | new payment | a new payment | make payment [to <who>] | (payment |
    transfer) <who> <sum> | (payment | transfer) <sum> [to] <who> | <sum> <towards> <who> | <sum> for $payee |
    $payee
    <sum> | (for | to) $payee <sum> | $payee (gets | needs | should get | is owed) <sum> | [i] (owe | owed) <who>
    <sum> | i owe <sum> to <who> | settle up with <who> [for <sum>] | square up with <who> | settle [up] <sum> with
    <who> | settle <who> [for <sum>] | settle my (account | bill | debt) with <who> [for] [<sum>] | pay my <who>
    bill
    (it is | which is | that is) <sum> | make <who> a <payment> [of <sum>] | do <who> a <payment> [of <sum>] | send
    <who> a <payment> [of <sum>] | pay <who> (what i owe | what i owe them | my share) | pay [for] my <who> bill [of
    <sum>] | pay <sum> (on | for | off) [my | the] <who> [bill] | pay [my | the | our] <who> bill [of] [<sum>] | pay
    (someone | somebody | a person | a payee | a friend | a bill | people) | send (someone | somebody) <money> |
    send
    (someone | somebody) <sum> | see that <who> (gets | receives) <sum> | make sure <who> (gets | receives) <sum> |
    have <sum> (sent | paid | transferred | wired) to <who> | get <who> (paid | paid up) [<sum>] | get <who> <sum> |
    take <sum> and (send | give | pay) it to <who> | take <sum> [out] and (send | give | pay) <who> | cover <who>
    for
    <sum> ) [<purpose>] ;
pay.ask = i (want | need | would like) to pay ;
no = no | not that | wrong | sorry | wait | no wait | hold on | hang on | oops | oh | actually | hmm | oh no | i am
    sorry | my mistake | my bad | scratch that | correction | rather | well | no sorry | no no | yes but | but ;
change = make (it | that | this) | change (it | that | this | the amount | the payee | the sum | the recipient | the
    account) to | change to | switch (it | that | to) [to] | set (it | that | the amount) to | i (meant | mean |
    said
    | want | wanted | would like) | it (is | should be | was | has to be | needs to be) | that (is | should be |
    should have been | was supposed to be) | (send | pay | do | give) (it | that | them | her | him | just) | do |
    let
    us (make it | do | say | go with) | (i | you) (want | need) (it | that) to be | update (it | that | the amount)
    to
    | (the amount | the sum) (is | should be) | go with | raise it to | lower it to | increase it to | reduce it to
    |
    bump it [up] to | drop it to | up it to | can we (do | make it) | try | (send | pay | give) ;
redirect = make (it | that | this) | change (it | that | this | the payee | the recipient) | switch it | (send | pay |
    give | do) (it | that | the money) | (it | that) (should be | is | was supposed to be | should have been) | i
    (meant | mean) ;
instead = instead | rather | please | not that | will do | this time | then | would be better | works | is fine | is
    better ;
amend = [<no>] [<no>] <change> <sum> [<instead>] [not $amount] | <no> [<no>] <sum> [<instead>] [not $amount] | $amount
    [<instead>] | <sum> not $amount | (not | <no> not) $amount [but] [<change>] $amount [<instead>] | <sum> instead
    [of $amount] | [<no>] [<no>] [<change>] (to | for) $payee [<instead>] [not $payee | instead of $payee] | [<no>]
    [<no>] [<change>] $payee [<instead>] [not $payee] | [<no>] <redirect> (to | for) <who> [<instead>] | [<no>]
    <redirect> [to | for] $payee [<instead>] | $payee i said | i said $payee | wrong person [it is] [for | to]
    $payee
    | not $payee [but] [<change>] [to] $payee | $payee not $payee | [<change>] $payee instead of $payee | $payee
    instead [of $payee] | [<no>] [<no>] (i meant | i said | i mean | change (it | the payee | the recipient) to |
    change that to) $name [<instead>] | (to | it is for | it is to) $name instead | [<no>] [<no>] [<change> | take
    it | put it |
    charge it | put that | take that | take the money | pay it | do it | send it | pay] $source [<instead>] [not
    $account | but not $account] | [<no>] [<no>] [<redirect>] (use | take [it] from | take it out of | pay with |
    charge | debit | change [it] to | switch to | make it) [my | the] $account [account] [<instead>] [not $account]
    |
    [<no>] [my | the] $account [account] [<instead>] | the $account one | [<no>] [<no>] [<change>] <sum> (to | for)
    <who> [<instead>] | [<no>] [<no>] [<change>] <who> <sum> instead | [<no>] [<no>] [<change>] <sum> $source
    [<instead>] | [<no>] [<no>] [<redirect>] (to | for) <who> $source [<instead>] | [<no>] (the (first | second |
    other | former | latter) [one] | (first | second) one) | [i want to | i would like to | let me] (change |
    correct) (it | that | the amount | the payee | the account | the payment | my payment) | [<no>] [<no>] [<change> |
    move it | transfer it] [$source] (to | into | over to) [my | the] $account [account] [$source] [<instead>]
    [not $account] |
    [<no>] [<no>] [<change>] <sum> (to | into | over to) [my | the] $account [account] [$source] [<instead>] ;
"""
