"""Cues: islands of meaning in a sentence that no rule fits as a whole. `$skip3` stands for up to three other words.

Never for yes, no, a code or a change of a payment: those are understood whole or not at all.
"""

from __future__ import annotations

from typing import Final

TEXT: Final = """
verb = pay | send | give | transfer | wire | get | move | put | hand | zelle | venmo | reimburse | repay | settle |
    deal with | forward | pop | chuck | slip | shoot | deliver | drop | owe | pay back | cover | ping | refund | do |
    sort | square | compensate | remit ;
cue.code = (code | number | digits | text | message | sms) $skip6 $code | $code $skip4 (code | number) ;
cue.cancel = (cancel | stop | abort | call off | kill | scrap | withdraw | undo | halt) $skip2 (payment | transfer |
    it | that | this | everything | transaction | thing | money | order | request) | never mind | forget (it | about it | that | the
    whole thing) | changed my mind | no longer want | stop stop | call it off ;
cue.not_offered.card_controls = (block | freeze | lock | replace | lost | losing | stolen | stole | nicked | pinched |
    misplaced | hacked | unblock | unfreeze | activate | deactivate | order | cancel | unlock | mislaid | cloned |
    swiped | snatched | robbed) $skip4 (card | cards | wallet | purse | handbag) | (replacement | spare) $skip2 (card
    | cards) | (card | cards | wallet | purse) $skip4 (lost | stolen | nicked | missing | gone | declined | swallowed
    | blocked | expired | hacked | eaten | disappeared | working | new) ;
cue.not_offered.loan_application = (apply | application | borrow | borrowing | take out | taking out | get | getting |
    need | want | qualify | offer | about | refinance | refinancing | raise | increase | raising | extend | eligible)
    $skip4 (loan | loans | mortgage | mortgages | overdraft | credit limit | line of credit | financing) | (loan |
    mortgage | loans) $skip2 (rates | rate | application | options | offers) ;
cue.not_offered.alerts = (alert | notify | warn | remind | text | email | ping | let me know | tell me | message)
    $skip2 (when | if | whenever | once | every time | as soon as) | (set | set up | create | turn on | turn off | add
    | remove | delete | get | want) $skip3 (alert | alerts | reminder | reminders | notification | notifications) |
    remind me ;
cue.not_offered.dispute = (charge | charged | transaction | payment | purchase | debit) $skip5 (recognize | recognise
    | not mine | fraud | fraudulent | twice | unauthorized | suspicious | wrong | never made | did not make | by
    mistake | never authorized) | (dispute | disputing | fraud | scam | scammed | fraudulent | unauthorized | refund |
    chargeback | ripped off) ;
cue.not_offered.own_transfer = (transfer | move | put | shift | sweep | top up | transferring | moving) $skip5 (to |
    into | between | in) $skip1 $account | pay off $skip2 $account | pay $skip3 (on | towards | toward) $skip1
    $account ;
cue.not_offered.schedule = (standing order | standing orders | direct debit | direct debits | recurring | autopay |
    auto pay | automatic payment | automatic payments | scheduled payment | scheduled payments) | <verb> $skip5
    (<later> | from now on | when i get paid) ;
cue.not_offered.investing = (invest | investing | investments | stocks | stock | shares | bitcoin | crypto | ethereum
    | insurance | pension | exchange rate | mutual funds | portfolio | travel money | foreign currency | stock market)
    ;
cue.not_offered.appointment = (appointment | nearest branch | nearest atm | opening hours | closest branch | branch |
    atm | cash machine | cashpoint) ;
cue.not_offered.account_service = (account number | routing number | iban | sort code | swift code | check book |
    checkbook | interest rate | interest rates | credit score | my pin | overdraft fee | monthly fee | paper statement
    | tax form | checks) | (open | close | opening | closing) $skip3 (account | accounts | $account) | (change |
    update | reset | forgot) $skip2 (address | password | phone number | email | pin | name | number) ;
cue.not_offered.new_payee = (add | new | remove | delete | register | edit | create) $skip4 (payee | payees |
    beneficiary | recipient | contact) ;
cue.not_offered.spending = how much $skip2 (spend | spent | spending) $skip1 (on | at) | budget | budgeting ;
cue.not_offered.request_money = (request | ask | collect | invoice | charge | get) $skip2 (money | $amount) $skip1
    (from | off) $payee | (request | ask | invoice | charge) $payee $skip3 (money | $amount) | $payee $skip1 owes me ;
cue.not_offered.cash = withdraw $skip3 (cash | money | $amount) ;
cue.resend = (send | text | get | need | want | give | have) $skip3 (another | new | again | fresh) $skip1 (code |
    text | message | sms | one) | (code | text | message | sms) $skip4 (not | never) $skip2 (come | came | arrive |
    arrived | received | receive | through | here | show | working | work | got | gotten) | (not | never) $skip2 (get
    | got | receive | received | seen | gotten) $skip3 (code | text | message | sms) | code $skip3 (again | expired |
    once more) | (waiting for | where is) $skip2 (code | text message | sms) | resend $skip3 ;
cue.status = where $skip2 (payment | transfer | money) $skip1 (stand | stands | at | now | got to) | (latest | word)
    $skip3 (payment | transfer) | (update | news | status | progress | state) $skip3 (payment | transfer | transaction
    | money) | (payment | transfer | money | transaction) $skip3 (go through | went through | gone through | going
    through | arrive | arrived | been sent | been made | done | complete | completed | pending | processed | cleared |
    landed | stuck) | (what is happening | what happened | what is going on) $skip3 (payment | transfer | money) | has
    $payee $skip3 (money | paid | payment) | did $payee $skip3 (money | payment | paid) ;
cue.transactions = (going on | happening | happened | gone on) $skip1 (in | on | with) $skip1 ($account | account |
    accounts) | (show | list | tell | see | hear | read | go over | look at | what | check | give | any | pull up |
    view | know | run through | get | recent | last | latest | my) $skip4 (transactions | purchases | spending |
    activity | recent payments | last payments | statement | transaction history | payment history | expenses) | what
    $skip3 (gone out | come in | went out | came in | bought | buy | spent money on | spend money on | spending money
    on) | where $skip3 money $skip2 (go | gone | going | went) ;
cue.balance = (anything | something | money) $skip2 (left | in) $skip2 $account | (summary | overview) $skip3
    (accounts | finances) | what $skip2 (i have | have i) $skip2 in $skip1 $account | (afford | enough money) | (my |
    the | of | account | current | total | what) $skip2 (balance | balances) | (balance | balances) $skip3 $account |
    how much $skip4 (do i have | have i got | i have | i have got | there is | is there | is left | have i left | left
    in | is in | is on | i got) | (what | how much | how) $skip3 (in | on | is | are) $skip1 $account | $account
    $skip1 (balance | balances | looking | doing) | how (rich | poor | broke) am i | (have | got) $skip2 in (the | my)
    (bank | account | accounts) | money $skip2 left ;
cue.agent = (somebody | someone | person | agent | human) $skip1 call me | (speak | talk | connect | transfer | put me
    | connected | transferred | speaking | talking | get | want | need | give me | chat | reach) $skip4 (person |
    human | human being | agent |
    representative | rep | someone | somebody | operator | manager | supervisor | adviser | advisor | real people |
    teller | customer service | customer support | staff) ;
cue.help = (need | want | give) $skip2 help | what $skip4 can (i | you) (ask | do | say | help) | how $skip2 (this |
    it) work | not $skip2 (know | sure) $skip1 (how | what) to (do | use | say | ask) ;
"""

GLUE: Final = frozenset(
    """
    a an the my your our i you we it that this to of in on at for from with by and so just now then please can
    could would will do does is are am be me us there here want need like some any all up out over off into as
    or but if have has got get go going about well okay hey hi hello yes thanks thank today really very much
    quite still also too right bit little quick quickly kind sort guess mean know see think sure maybe
    """.split()  # noqa: SIM905 - a list this long is read as text
)
"""Words that carry nothing by themselves."""

MOST_STRANGE: Final = 2
"""Words outside the grammar that a sentence may have and still be understood by a cue."""
MOST_OUTSIDE: Final = 3
"""Words of weight that it may have outside the cue."""
