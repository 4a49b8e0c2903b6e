"""Asking for balances, transactions and how a payment stands."""

from __future__ import annotations

from typing import Final

TEXT: Final = """
show = show [me] | tell me | give me | read [me] [out] | get [me] | check | check on | look up | see | view | know |
    find out | pull up | display | list | bring up | what is | what are | what were | hear | go over | run through |
    go through | read back | print | share | see what is | know what is | tell me what is | fetch | look at | say ;
mine = [my | the | our | of my | all my | all of my] ;
acct = <mine> $account [account | accounts] ;
every = <mine> (account | accounts | bank account | bank accounts) | (all | each | both) (of my | my) accounts |
    everything ;
bal = balance | balances | account balance | current balance | available balance | bank balance | remaining balance |
    total balance | available funds | account balances | available balances ;
worth = money | cash | funds | dough | dollars ;
balance = [<show>] <mine> [$account [account]] <bal> [(in | on | of | for | across) (<acct> | <every>)] [is | looks
    like | are] | [<show>] (the | what the | how much) <bal> (is | of | in | on | for) (<acct> | <every>) [is] | what
    (my | the) [$account] <bal> is | how much [<worth>] (do i <have> | have i got | have i | is | is there | is left |
    do i still have | i have | i have got | i have left | i got | have i left | can i spend | could i spend | can i
    use) [left | available | remaining | saved [up] | sitting | still] [over] [(in | on | of | for | across | inside)
    (<acct> | <every> | the bank | there)] [left | right now | to spend | available | to use] | how much (is | is left
    | is sitting | is still | are left | is available | is remaining) [left] (in | on | of) (<acct> | <every>) | what
    (do i have | have i got | is | is left | is there | is sitting | i have) [left | available] (in | on | inside)
    (<acct> | <every>) | what (do i have | have i got) (left | available | to spend) | how is <acct> (doing | looking)
    | how (does | is) <acct> (look | looking) | [<show>] <acct> |
    [<show>] (how much | what) (is in | is on | i have in | i have got in | i have on) (<acct> | <every>) | how much
    do i [still | currently] owe [on <acct>] | what do i [still] owe [on <acct>] | how much (have i left | is left |
    is outstanding | is still owed | remains) on <acct> | what is [left | outstanding | owing | owed] on <acct> | am i
    (overdrawn | in the red | broke | in debt) | do i have (any | enough) (money | cash | funds) [left] [in (<acct> |
    <every>)] | what is in (<acct> | <every>) | [<show>] <every> | how much money i have [in (<acct> | <every>)] |
    what is my (financial situation | net worth) | how are my (accounts | finances) [doing | looking] | [<show>] [the]
    (amount | total | funds | money) [i have] (in | on) (<acct> | <every>) | [<show>] how much [<worth>] (is | there
    is | i have | i have got | do i have | is left | i have left | is available) [left] [(in | on) (<acct> | <every>)]
    | i want to know <mine> <bal> | my money | account summary | [an] overview of my accounts ;
txs = transactions | transaction | purchases | payments | charges | spending | activity | account activity | account
    history | transaction history | history | movements | statement | expenses | withdrawals | deposits | transfers |
    entries | debits | postings | operations | payment history | debits and credits ;
recent = last | recent | latest | most recent | past | newest | previous | recently made | few last ;
when = today | yesterday | this week | last week | this month | last month | lately | recently | since yesterday | in
    the last (week | month | few days | couple of days) | over the last (week | month | few days) | these days | so
    far | over the weekend | this weekend | the other day ;
transactions = [<show>] [<mine> | some of my | all my | any | a list of my | what my] [<recent>] [$count | few |
    couple of | couple] [<recent>] [$account [account]] <txs> [(in | on | from | for | of | with) (<acct> | <every>)]
    [<when>] [are | were | is] | [<show>] <mine> $account [account] <recent> [$count] <txs> | [<show>] <mine> (last |
    latest | most recent) (one | $count) | <show> <mine> $count <recent> <txs> | [<show>] what i (spent | bought |
    paid | have spent | have bought) [<when>] | what (did i | have i) (buy | spend | bought | spent | pay | paid)
    [for] [money on] [<when>] | where (did | has) [all] my money (go | gone) [<when>] | what (has been happening | is
    going on | happened | has happened | is new | is going on lately | has been going on) (in | on | with) (<acct> |
    <every>) [<when>] | [<show>] what (came | went | has come | has gone) (in | out | in and out | through) [of
    (<acct> | <every>)] [<when>] | what (went | came | has gone | has come) (out | in | out of | in to) [of] [<acct>]
    [<when>] | did i (get paid | receive [any] money) [<when>] | (has | did) my (salary | paycheck | wages | pay
    check) (come in | arrive | arrived) [yet] | what (was | is) my (last | latest | most recent) <txs> | who did i
    (pay | send money to) [last | <when>] | any (new | recent) <txs> | are there any [new | recent] <txs> [<when>] |
    what have i been (spending | buying | spending my money on | spending money on) [<when>] | my (spending | activity
    | history) [<when>] | what (i | have i) (been up to) ;
doing = going through | processed | finished | done | sent | complete | completed | finished | through | posted |
    still pending |
    pending | on its way | paid | there yet | settled | executed | approved | waiting | stuck | going ahead ;
it = it | that | this | $payee (money | payment | transfer) | (the | my) [last | latest | previous] [payment |
    transfer | money | transaction | wire] [(to |
    for) $payee] | (the | my) payment | everything ;
status = what (are we | were we) doing [again] | what am i waiting for | what [is | are you] (waiting | waits) [for]
    [me | now] | (is | are) (anything | something | there anything | there something) [still] (open | waiting |
    pending | left) [for me] | do i have [any | an] (open | waiting | pending) (payment | payments) | (what | which)
    (payments are | is) [still] (open | waiting | pending) [for me] | [<show>] [the | my | a] [payment] (status |
    state | progress) [update] [(of | on | for | with) <it>] | [<show>] [the] status | (did | has | have | does)
    <it> (go through | gone through | gone | go out | gone out | go | work | worked | arrive | arrived | cleared |
    clear | land | landed | make it | made it | get there | been sent | been paid | been processed | been completed
    | complete | come through | happen | happened | succeed | been made | been done | been posted) [yet | already |
    okay | alright | or not] | is <it> (<doing> | [all] done | still (pending | waiting | processing | on | open))
    [yet | already | now] | are (we | you) (done | finished | all set | good) [yet | with <it>] | did you (send |
    pay | do | make | finish | process) <it> [yet | already] | did you (pay | send) $payee [yet | already] | (has |
    did | have) $payee (get | got | been paid | receive | received | gotten | get paid) [<it> | <sum> | paid | the
    money] [yet | already | from me] | did i (pay | already pay | send money to) $payee [yet | already] | where (is
    | are) [my | the | that] (payment | money | transfer) [now | to $payee] | where (are we | were we | we were |
    did we leave off | do we stand | do things stand | does it stand) [with <it>] | what (is happening | happened |
    is going on | is the situation | is up | is the story | is the deal | are we waiting (for | on) | are you
    waiting (for | on) | is the hold up | became | has happened) [with | to | about | of] [<it>] | how (is | are)
    <it> (going | coming along | doing | looking) | how far along (is <it> | are we) | any (news | update | updates)
    [(on | about | with) <it>] | what is (taking so long | taking so much time | next | left to do) | how (much
    longer | long) (will it take | does it take | is this going to take | until it is done) | how long will <it>
    take | is there (a | any) [pending] (payment | update | news) [pending | waiting] | do i have (a | any)
    [pending] (payment | payments) [pending | waiting] | track <it> | what are you (doing | waiting for) [now] | is
    <it> $words yet | have you (sent | paid | done | made | finished | processed) <it> [yet | already] | have you
    paid $payee [yet] | what stage is <it> [at | in] | will <it> (go through | arrive) [today | soon | on time] ;
"""
