"""Alerts and reminders: having one, asking for them, changing, pausing and deleting them, and a quiet night."""

from __future__ import annotations

from typing import Final

TEXT: Final = """
notify.verb = tell | alert | notify | warn | inform | text | message | email | ping | remind | let | give | send ;
nudge = (alert | notify | warn | remind | ping) me | let me know | give me (a | an) (shout | heads up | ping | buzz
    | nudge | reminder | alert | warning | call | notification) | send me (a | an) [push] (alert | notification |
    text | message | reminder | warning | email | note) | (text | message | email | inform | tell) me | keep me
    (posted | informed) | i (want | need | wish) to (know | be told | be alerted | be notified | be warned | be
    reminded | hear | get a message | get an alert | get a notification) | i (would like | would love) to (know | be
    told | be alerted | be notified | be warned | be reminded | get an alert | get a notification) | make sure i
    (know | get told | get an alert | am told) ;
once = when | if | whenever | once | as soon as | every time | each time | any time | the moment | should | in case
    | the minute | for when | anytime | that ;
money.noun = balance | money | account | funds | account balance | bank balance ;
falls = (drops | falls | dips | goes | gets | sinks | is | runs | slips | ever drops | ever falls | ever goes | ever
    gets | reaches | hits | has dropped | is getting | is running) [down] (below | under | beneath | lower than |
    less than | to | down to) ;
low.event = [my | the] [$account [account]] (<money.noun> | $account) [(in | on | of) <acct>] <falls> <sum> | [my |
    the] [$account [account]] <money.noun> [(in | on | of) <acct>] (is | gets | runs | is getting | is running |
    goes | looks) (low | too low | short | empty | down) | i have (less than | under | below) <sum> [left] [(in |
    on) <acct>] | i (am | run | am running) (low | short | out of money | low on money | low on cash) | there is
    (less than | under | below) <sum> [left] [(in | on) <acct>] ;
over = (over | above | more than | bigger than | larger than | greater than | exceeding | higher than | at least |
    that exceeds | that exceed | of more than | of over | beyond | upwards of | of at least | costing more than |
    worth more than) ;
spend.noun = transaction | transactions | purchase | purchases | payment | payments | charge | charges | debit |
    debits | withdrawal | withdrawals | transfer | transfers | expense | spending | anything | something ;
large.event = [there is | i make | i have | someone makes | you see] [a | any | an | every | each] [single | large |
    big | outgoing | card] <spend.noun> [is made | comes through | goes through | comes up | happens | comes in |
    goes out] [is | goes | of | that is | which is] <over> <sum> [is made | comes through | goes through | happens |
    goes out] [(on | from | in | to) <acct>] | i spend <over> <sum> [at once | in one go] [(on | from) <acct>] |
    <over> <sum> (leaves | goes out of | is taken from | is charged to | comes out of | is spent on | is spent from)
    <acct> | (a | any) (large | big | huge | unusually large) <spend.noun> [is made | comes through | goes through |
    happens] ;
income = salary | paycheck | wages | pay | pension | deposit | refund | payment | rent | money | bonus | direct
    deposit | paycheque | allowance | transfer | reimbursement ;
comes = comes in | arrives | lands | hits [my account | <acct>] | is in | is paid [in] | gets in | gets paid | comes
    through | is deposited | gets deposited | clears | is credited | is there | shows up | goes in | is received |
    has arrived | comes | reaches <acct> | drops ;
income.event = [my | the | a | any | an] [new | next] <income> [from $payee | from $name] <comes> [(in | on | to |
    into) <acct>] | i (get | receive | am) (paid | [a | any | my] [new] <income>) [from $payee] | $payee (pays me |
    sends me money | sends me something | pays [me] back | pays | transfers me money) | money (comes in | arrives |
    comes into <acct> | is deposited | hits <acct> | lands in <acct>) [from $payee] | (a | any) deposit <over> <sum>
    <comes> ;
bill = loan payment | payment | bill | credit card bill | credit card payment | card payment | instalment |
    installment | loan | mortgage | mortgage payment | minimum payment | loan instalment | next payment | rent | car
    payment | credit card | bills | payments | statement | electricity bill | phone bill ;
due.event = [$before] [of] [my | the | a | any | each | every] [next | upcoming] ($account | <bill> | $account
    <bill> | $payee bill | $payee <bill>) (is | are | comes | becomes | falls | is coming | gets) [up] (due |
    payable) [soon] | [my | the | any] (upcoming | next | due) (<bill> | $account <bill>) | $before [my | the | a |
    any] [next] (<bill> | $account <bill> | $payee bill) | (a | any) (<bill> | $account <bill>) is (coming up |
    about to be due) ;
about = (to | about | that | of) $rest ;
noun.alert = alert | alerts | notification | notifications | reminder | reminders | warning | warnings ;
sort.alert = low balance | balance | large transaction | large payment | large purchase | spending | transaction |
    purchase | payment | payment due | due | bill | loan | deposit | salary | payday | income | rent | $account |
    $payee | paycheck | credit card | mortgage | low | big purchase | due date ;
begin.alert = set up | set | create | add | make | turn on | switch on | enable | i want | i need | i would like |
    start | give me | get me | put on | activate | new | schedule | put | can i have | can i get | have ;
pause.alert = turn off | switch off | disable | pause | mute | silence | snooze | suspend | hold | quiet |
    deactivate | hush | put on hold | stop for now | freeze ;
drop.alert = delete | remove | cancel | get rid of | drop | scrap | erase | clear | end | stop | take away | take
    off | wipe | kill | forget | bin | ditch | scratch | lose | axe | trash ;
again.alert = turn on | turn back on | switch back on | switch on | resume | unpause | unmute | reactivate | restart
    | reenable | re enable | enable | bring back | continue | start | activate | unsnooze | turn ;
change.alert = change | update | edit | modify | adjust | raise | lower | increase | reduce | move | set | switch |
    alter | amend | correct | reset | bump | shift | make | fix | push ;
nth = first | second | third | fourth | fifth | sixth | last | other | latest | next ;
one.alert = [my | the | that | this | all | all my | all the | all of my | every | both | any | an | a | these |
    those | each of my] [<nth>] [<sort.alert>] (<noun.alert>) [for $rest | about $rest | on <acct> | to $rest |
    $every] | the <nth> (alert | reminder) | (alert | reminder) number $count ;
it.alert = it | them | all of them | that one | this one | the <nth> one | number $count | the last ;
alert = ($every | $date) [$time] <nudge> (<once> | to | about | that | of) $rest | <nudge> (<once>) (<low.event> |
    <large.event> | <income.event> | $every) | <nudge> (of | about | for | on | to) (<large.event> | <income.event>
    | <low.event> | <due.event>) | (remind me | (alert | warn | notify | ping | text | message) me [<once>] |
    <nudge> $before) <due.event> [$date | $every] [$time] | remind me [$date | $every] [$time] [<about>] | remind me
    <about> [$date | $every] [$time] | <begin.alert> (a | an | another | my | some) [new] [<sort.alert>] (alert |
    notification | reminder | warning) [(for | when | if | at | of | below | under | over | above | about | to |
    that | on) $rest | $every | $date [$time]] | i (need | want | would like) (a | an) [<sort.alert>] (alert |
    reminder | notification) | [a | an] [new] (<sort.alert>) (alert | reminder | notification) (at | of | below |
    under | over | above) <sum> | do not let me forget [<about>] | (alert | notify | warn | remind | ping | text |
    message | email | inform) me (<once>) $rest | (alert | notify | warn | remind | ping) me [about | of | for | to
    | on | before | that] $rest | (alert | notify | warn | remind) me | alert me ;
alerts = what (am i | will i | do i) (being | be | get | getting) (alerted | notified | warned | told | reminded |
    messaged) (about | of | for) | remind me (what | which) <noun.alert> (i have | i have got | i have set [up] | are on
    | are set) [set up | on | set] | [<show>] [me] [all] [of] [my | the | any] [active | current] (alerts | reminders
    | notifications |
    warnings) [i have | i have got | that are on | do i have | are on | are active] [set up | set | on | running] |
    (what | which) (alerts | reminders | notifications | warnings) (do i have | have i got | are on | are set | are
    active | are there | have i set [up] | did i set [up] | are set up) [set up | set | on | now] | do i have [any |
    some] [active] (alerts | reminders | notifications) [set up | set | on] | are [there] [any | my] (alerts |
    reminders | notifications) (on | set | set up | active) | what (are you | will you) (reminding me (of | about) |
    remind me of | alert me about | watching for [me] | keeping an eye on | monitoring | watching | keeping track of)
    [for me] | how many (alerts | reminders) do i have ;
alert_pause = (pause | suspend | freeze | hold) (it | that | this | them) [$when | for now | for a while | until
    $words] | put (it | that | this | them) on (hold | pause) [$when | for now | for a while] | (pause | mute |
    snooze | disable | turn off | switch off | deactivate) <it.alert> [$when | for now | for a while] | turn
    <it.alert> off | <pause.alert> <one.alert> [$when | for now | for a while | until $rest] | turn <one.alert> off
    [for now | $when] | (stop | quit) (alerting | notifying | reminding | texting | messaging) me [for now | for a
    while | $when] | put <one.alert> on hold ;
alert_resume = (resume | restart | unpause | reactivate) (it | that | this | them) [again] | (start | activate |
    enable | run | turn on | switch on) (it | that | this | them) [up] again | start again with (it | that | this) |
    (turn | switch) (it | that | this | them) (back on | on again) | take (it | that) off (hold | pause) | (unpause
    | unmute | resume | reactivate | reenable | switch back on | turn back on) <it.alert> | (turn | switch)
    <it.alert> back on | <again.alert> <one.alert> [back] [on] [again] | (turn | switch) <one.alert> [back] on
    [again] | (start | resume) (alerting | notifying | reminding) me again [about $rest] | (i want | can i have |
    can i get | could i have | i would like) <one.alert> back [on] ;
alert_delete = (delete | remove | erase | get rid of) <it.alert> | <drop.alert> <one.alert> | i (do not | no longer)
    (want | need) [the | my | any | that | this] [more] [<sort.alert>] <noun.alert> [anymore | any more] | i
    (do not | no longer) (want | need | wish) to be (alerted | notified | told | reminded | messaged | texted |
    warned) [about | of | when | for | to] $rest | (stop |
    quit) (reminding | alerting | notifying | telling | texting | messaging | pinging | warning | emailing) me (to |
    about | of | when) $rest ;
alert_change = <change.alert> (my | the | that | this) [<nth>] [<sort.alert>] (<noun.alert>) [amount | limit | time
    | date | threshold | level] [to | at | by | from | for | so that] [$rest] | <change.alert> the (limit | amount |
    threshold | time | date | level) (of | on | for) (my | the | that | this) [<nth>] [<sort.alert>] (<noun.alert>)
    [to | at] [$rest] | <change.alert> the <nth> (one | alert | reminder) (to | at) $rest | [my | the | that | this]
    [<sort.alert>] <noun.alert> should be (at | on | for) [$rest] | <nudge> (at | on | below) $rest instead ;
message.noun = messages | message | alerts | alert | notifications | notification | texts | text | calls | call |
    pings | emails | anything | reminders | push notifications ;
hush = hush | shush | be silent | stay silent | do not (disturb | bother | text | message | alert | notify | call |
    wake | ping | email | contact | send)
    [me] [anything | any <message.noun> | alerts | messages] | no <message.noun> | not any <message.noun> | [i do
    not want | i want no | never send me | stop sending me | hold] [any | my | all] <message.noun> | keep (quiet |
    it quiet | silent) | be quiet | stay quiet | leave me (alone | in peace) | do not disturb | quiet | silence |
    mute <one.alert> | hold <one.alert> ;
quiet = <hush> ($quiet | (after | from | past) [$time] [until | to | till] [$time] | (until | before | till) [$time]
    | at night | during the night | overnight | $time [until | to | till] [$time] | $time) [$every] | [set | set up
    | set my | create | add | change | make | turn on | i want] [my | the] (quiet | silent | do not disturb) (hours
    | time | times | mode | period) [to | from | between | at | are | should be] [$quiet | $time [until | to | till]
    [$time]] | (turn off | remove | delete | cancel | no | end | switch off | stop) [my | the | all] [more] (quiet |
    silent | do not disturb) (hours | time | times | mode) | (turn off | switch off | end) do not disturb | [you (can
    | may)] (message | text | alert | notify) me
    (at any time | any time | day or night | round the clock) [again | now] ;
"""

KINDS: Final = tuple(
    (kind, frozenset(of.split()), frozenset(happens.split()))
    for kind, of, happens in (
        (
            "deposit_received",
            """
            salary paycheck wages deposit deposits deposited refund pension income payday bonus pays
            paycheque incoming reimbursement credited paid someone somebody anybody anyone credits money cash
            allowance payment transfer
            §p
            """,
            """
            arrives arrive arrived comes come came lands land landed hits hit received receive
            deposited in pays paid sends clears there get gets incoming credited into deposit
            deposits salary payday refund
            """,
        ),
        (
            "low_balance",
            """
            balance account money funds cash checking savings overdrawn overdraft low left short §k
            broke
            """,
            """
            below under beneath less lower low drops drop falls fall dips dip short empty running
            runs overdrawn zero red down broke
            """,
        ),
        (
            "large_transaction",
            """
            transaction transactions purchase purchases charge charges payment payments debit debits
            withdrawal withdrawals transfer transfers spend spends spent spending expense leaves
            anything something used money bought outgoing charged goes
            """,
            """
            over above exceeds exceed exceeding more bigger larger greater higher large big least
            beyond huge upwards
            """,
        ),
        (
            "payment_due",
            """
            payment payments bill bills loan instalment installment mortgage card rent due minimum
            statement repayment §k
            """,
            """
            due before ahead coming upcoming payable deadline owed owing §b
            """,
        ),
    )
)
"""A kind, the words that it is about, and those that say what must happen; both must be there, first come first."""

SORTS: Final = {
    "low_balance": "balance low",
    "large_transaction": "transaction transactions purchase spending large big charge spend debit",
    "deposit_received": "deposit deposits salary paycheck payday income wages pay incoming refund pension",
    "payment_due": "bill bills due payment payments loan mortgage instalment",
}
"""What an alert is called by: `my salary alert`, `the bill reminder`."""
UPWARDS: Final = frozenset("over above exceeds exceed exceeding more bigger larger greater higher beyond".split())  # noqa: SIM905
REMIND: Final = ("remind", "reminder", "reminders", "reminded", "forget", "remember")
