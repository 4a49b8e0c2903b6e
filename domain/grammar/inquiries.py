"""Asking a bank: what was spent, what is owed, what is coming, where a card is; and going on or back in the talk."""

from __future__ import annotations

from typing import Final

TEXT: Final = """
first = (wait | hold on | hang on | but | one second | actually | before (that | we do that | i do that | i confirm |
    i pay | you do that)) ;
at = at | to | on | with | for ;
shop = $payee | $counterparty ;
limit = (over | above | under | below | more than | less than | at least | bigger than | smaller than | up to) $amount
    | between $amount and $amount | $amount or (more | less) ;
spend.past = spend | pay | give | send ;
spend.done = spent | paid | given | sent ;
spending = [<first>] (how much (did i | have i | did we | have we) (<spend.past> | <spend.done>) [<at> <shop>] [from
    <acct>] [$when] | how much [money] (went | has gone | goes) (to | on | out to) <shop> [$when] | what (did i | have
    i) (spend | spent) (at | on | with) <shop> [$when] | what (did i | have i) (spend | spent) [in total | altogether]
    $when | [<show>] (my | the | what is my | what was my) (total spending | total spend | spending total | total) (at
    | on | with) <shop> [$when] | how much (am i | have i been) (spending | paying) (at | on | to) <shop> [$when] |
    how much (does | did | has) <shop> (cost me | charge me | charged me | take from me) [$when] | what (does | did |
    has) <shop> cost me [$when]) ;
flow = incoming | outgoing | incoming and outgoing | recent | big | large ;
top = largest | biggest | highest | smallest | most expensive | oldest | cheapest ;
asked.txs = transactions | payments | purchases | charges | deposits | withdrawals | transfers ;
transactions.asked = [<first>] (<show> <mine> [<top>] [$count] [<flow>] <asked.txs> [(to | from | at | with) <shop>]
    [<limit>] [$when] [(in | from | on) <acct>] | (what | which) (payments | transactions) (did i make | have i made |
    went | came in | did i get) [to <shop>] [<limit>] [$when] | (when | have | did) (did i | i) [last] (pay | paid |
    sent money to) <shop> [$when] | (has | did) <shop> (paid me | pay me | sent me money | charged me | charge me)
    [$when] | what (was | is) my (last | <top>) (payment | purchase | transaction | deposit) [(to | from | at) <shop>]
    [$when] | (anything | everything | payments) [from | at | to] <shop> [<limit>] [$when] | how much (came in | did i
    earn | did i receive | have i been paid) [from <shop>] $when | what (came in | went out) [$when] | (anything |
    payments) <limit> [$when] | find [me] (the | that | a) (payment | charge | transaction) (to | from | at | of)
    (<shop> | $amount) [$when]) ;
loan = loan | mortgage | personal loan | car loan | home loan | student loan ;
instalment = instalment | payment | repayment | loan payment | mortgage payment ;
loans = [<first>] (how much (do i [still] owe | is left | have i left | is outstanding | do i have left to pay) (on |
    of) my <loan> | [<show>] [my | the] <loan> (balance | rate | interest rate | details | payments | status) | when
    is my [next | loan] <loan> (instalment | payment | repayment) [due] | when is [my] [the] next (instalment |
    repayment) [due] [on my <loan>] | how (much | big) is my [next | monthly] [<loan>] <instalment> [on my <loan>] |
    what is the [interest] rate on my <loan> | what interest (am i paying | do i pay) on my <loan> | how many
    (instalments | payments | repayments) (are left | do i have left | are there left) [on my <loan>] | when (will |
    is) my <loan> [be] (paid off | finished | done) | [<show>] my loans | do i have (any | a) loans | how is my <loan>
    doing) ;
card.credit = credit card | card | visa ;
credit = [<first>] (what is my [credit | <card.credit>] limit | how much [available] credit (do i have | have i got |
    is) [left | available] | what is my (available credit | remaining credit) | [<show>] my (credit limit | available
    credit | minimum payment) | how much (can i | could i) [still] (spend | put | charge) on my <card.credit> | when
    is my <card.credit> (payment | bill | statement) due | when (do i have to pay | is the payment due on) my
    <card.credit> | how much do i [still] owe on my <card.credit> | what do i owe on my <card.credit> | how much is
    (the | my) minimum payment [on my <card.credit>] | how close am i to my [credit] limit | what is the limit on my
    <card.credit> | how much of my [credit] limit (have i used | is left)) ;
which.card = [new | replacement] [debit | credit | bank] card ;
cards = [<first>] (where is my <which.card> | (has | have) my <which.card> (been (sent | shipped | posted | mailed |
    delivered | dispatched | ordered | made) | arrived | shipped | gone out) [yet] | (is | are) my <which.card> (on
    its way | on the way | coming | shipped | delivered) [yet] | when (will | does | is) my <which.card> (arrive |
    come | get here | be delivered | be here | coming) | track my <which.card> | [<show>] [the] (delivery | shipping)
    status [of my <which.card>] | what is the (status | tracking number) (of | for) my <which.card> | my <which.card>
    (has not | still has not) (arrived | come) | i am [still] waiting for my <which.card> | when will i (get |
    receive) my <which.card> | did you (send | ship | post | mail) my <which.card> | how long (until | before | till)
    my <which.card> (arrives | comes | gets here)) ;
bills = bills | payments | scheduled payments | upcoming payments | instalments | direct debits | standing orders ;
scheduled = [<first>] (what is (coming up | due | scheduled | coming out | going out) [$when] | [<show>] [my]
    (upcoming | scheduled | future | next) (payments | bills | transactions | payment | bill) [$when] | (what | which)
    <bills> (are due | are coming up | do i have coming up | are scheduled | do i have to pay | do i have) [$when] |
    (do i have | are there | have i got) [any] (<bills> | anything) (due | coming up | scheduled | to pay) [$when] |
    (is | anything) [anything] (due | coming up) [$when] | when is my next (payment | bill) [due] | what do i (have to
    | need to | have got to) pay $when | what will (go out | be taken | come out) [$when] | when is (my | the) <shop>
    [bill | payment] due | list my (scheduled payments | standing orders | direct debits)) ;
more = more | [show me | tell me | give me | read me] [some | a few | the] more | next | next one | next ones | the
    next (one | ones | page | few | lot | $count) | go on | carry on reading | keep going | keep (them | em | it)
    coming | continue reading |
    continue the list | and then | what else | what else is there | any more | any others | anything else | is there
    more | are there [any] more | are there [any] others | [show me | read me | tell me] (the rest | the others | the
    next (ones | one | few | page | $count) | $count more | some more | the remaining ones) | read on | more of (them
    | those | that) | further | and the rest | older ones | show older ones ;
back = (no | nope | sorry) go back [to (where we were | the payment | my payment | what we were doing)] | (take |
    bring | put | get) (me | us) back | [go] [to] the (step | one | thing | question) before [that] | (take
    me | go | bring me) back (one | a) step | (return | go back) to the previous (question | step | one) | go back |
    back | previous | go back [to] (one | one step | a step | the last one | that) | the previous (one | step |
    question | page) | (take me | go | get | let us go | let us get | can we go | can we get | return | bring me) back
    to (the payment | my payment | what (we were | i was) doing | where (we were | i was) | the transfer | that
    payment | the previous
    (one | step | question) | the alert | the start) | return to (the payment | my payment | what we were doing) |
    back to (the payment | my payment | what we were doing | the transfer | where we were | it) | step back | one step
    back | undo that | undo | undo the last (step | thing | change) | where were we | let us (continue | go on) with
    (the payment | my payment | the transfer) | (continue | resume) [with] (the payment | my payment | what we were
    doing) ;
topic.money = an overdraft | compound interest | interest | apr | an annual percentage rate | a credit score |
    inflation | a standing order | a direct debit | a wire transfer | a routing number | a mortgage | an escrow
    account | an individual retirement account | a certificate of deposit | a savings account | a checking account | a
    credit limit | a minimum payment | a chargeback | an exchange rate | a fixed rate | a variable rate | deposit
    insurance | two factor authentication | phishing | a one time code | a budget | a mandate | a balance transfer |
    identity theft ;
question = what (is | are) <topic.money> | how (does | do) <topic.money> work | [can you] explain <topic.money> [to
    me] | what does <topic.money> mean | tell me about <topic.money> | what is the difference between <topic.money>
    and <topic.money> | how long does a (transfer | payment | wire transfer) take | is my money (safe | insured) | how
    do i (improve my credit score | save money | avoid fees | build credit) | why (do banks | does the bank) (charge
    interest | charge fees | ask for a code) | do you charge for (transfers | overdrafts | payments) ;
"""
"""Forms that people use most. What they say otherwise is understood by the frames of `inquiry_frames`."""
