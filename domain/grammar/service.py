"""Talk around the business, and what a bank is asked for that this one does not offer yet."""

from __future__ import annotations

from typing import Final

TEXT: Final = """
last = that | it | yourself | the last (part | bit | thing | sentence | question) | what you [just] said | the
    (amount
    | name | question | details | number) | everything | me that ;
repeat = [sorry | pardon | i am sorry] (repeat <last> | repeat | say <last> again | say again | say <last> (one more
    time | once more | another time | slower | slowly | louder) | come again | what did you [just] say | what was
    that
    | what is that | what [again] | pardon | pardon me | excuse me | i beg your pardon | sorry | huh | i (did not |
    could not | can not | do not) (hear | catch | understand | quite hear | quite catch | follow | get) (you | that
    |
    <last> | what you said) | i missed that | (one more time | once more | again) | run that by me again | tell me
    again | you said what | what were you saying | i was not listening | read (it | that) (back | again) [to me] |
    go
    over (that | it) again | speak up | louder | slower | speak (louder | slower | more slowly) | you are breaking
    up
    | the line is bad | what was the (question | amount | last part) | how much was (that | it) [again] | who was
    (that | it) (to | for) [again] ) ;
help = i (am not sure | do not know | have no idea) what (i can | to | i should) (say | do | ask) | help | help me |
    help me out | i need help | i need some help | [so] what can (you | i | we) (do | ask | say
    |
    ask you | do here | help with | help me with | do for me | ask for) | what (do you do | are my options | are the
    options | are you able to do | can i say here | services do you offer | do you offer | are you for | else can
    you
    do) | how does (this | it) work | how do i (use this | do this | start | get started | make a payment | pay
    someone | send money | use you | pay) | what should i (say | do | ask) | [show] [me] [the] (menu | options |
    commands) | instructions | how can you help [me] | how do you work | who are you | what are you | what is this |
    are you [a] (robot | bot | human | real person | machine | real) | i am (lost | confused | stuck | not sure what
    to do) | i do not know what to (say | do | ask) | i do not know how (this works | to use this) | what now | give
    me (help | some help | examples | an example) | explain [how this works | yourself] | can you help [me] | i
    have a
    question | guide me ;
human = (a | an | the | some | another | your | one of your) [real | live | actual | human | bank | customer
    service |
    customer] [live] (person | human | human being | agent | representative | rep | operator | advisor | adviser |
    someone | employee | teller | banker | manager | supervisor | member of staff | staff member | service agent |
    support agent | support person | specialist | consultant) | someone | somebody | someone (real | human | else |
    at
    the bank | who can help [me] | in person | from the bank) | (somebody | someone) real | customer (service |
    support | care) | real people | support | a real one | the bank | (people | humans) | the (manager | front desk
    |
    branch | call center) ;
agent = [get me | give me | connect me (to | with) | connect (to | with) | put me through to | put me on to | put me
    on with | transfer me to | transfer to | switch me to | pass me to | speak (to | with) | talk (to | with) |
    speaking (to | with) | talking (to | with) | reach | call | find me | i want | i need | speak to | patch me
    through to | is there | escalate [this] to | hand me over to | hand me to | let me (speak | talk) (to | with) |
    i
    (would rather | prefer to | would prefer to) (speak | talk) (to | with) | have] <human> [i can (talk | speak)
    (to
    | with) | to (call | help) me [back] | on the (line | phone) | available] | agent | representative | operator |
    human | human agent | live agent | real person | customer service | customer support | live person | a person |
    a
    human | (talk | speak) to (a | an) (agent | human) | i do not want to talk to a (robot | machine | bot |
    computer)
    | stop the robot | escalate | let me (talk | speak) to (someone | somebody) | are there any (humans | real
    people)
    [there | here] | i have a complaint | (make | file) a complaint | i want to complain | complaint ;
greet = (hello | hi | hey | howdy | greetings | good (morning | afternoon | evening | day) | hiya | yo | morning |
    evening) [there | again | countersign | everyone | assistant | to you | how are you [doing] [today]] [hello |
    hi]
    | how are you [doing] [today] | (hi | hello | hey) (it is me | this is me | are you there | can you hear me |
    good
    (morning | afternoon | evening)) | are you (there | still there | listening) | can you hear me | anybody (there
    |
    home) | is anyone there | (hello | hi) [and] (hello | hi) | how is it going | what is up | nice to meet you |
    testing | test | hello (hello | is anybody there) ;
thanks = [okay | right | alright | well] (thanks | thank you) that is (great | lovely | brilliant | perfect |
    wonderful |
    very kind | kind | all) | [that is (great | good | perfect | lovely | wonderful | all) | brilliant | fantastic
    | super | great |
    perfect | excellent | awesome | wonderful | lovely | cool] (thanks | thank you | many thanks | thank you kindly
    |
    thanks very much | thanks ever so much | thanks a (lot | million | bunch) | thank you (so | very) much | thanks
    so
    much | much appreciated | i appreciate (it | that | your help) | cheers | that (was | is) (helpful | very
    helpful
    | great | so kind | kind of you) | you are (great | the best | awesome | very kind | so helpful) | good (job |
    work) | well done | nice work | nice one | awesome | wonderful | ta) [for (your | the | all your | all the)
    help |
    for that | again | a lot | thank you] ;
goodbye = [okay | no | thanks | thank you | great | no | alright | well | perfect | cool | that is all] [thanks |
    thank you | that is all] (goodbye | good bye | bye | bye bye | bye now | see you | see you (later | soon |
    around
    | next time | tomorrow) | talk to you later | talk (soon | later) | have a (good | nice | great | lovely) (one |
    day | one | evening | night | weekend | afternoon) | good night | that is all | that is all for (now | today) |
    that will be all | that would be all | that is everything | nothing else [thanks | thank you] | no nothing else
    |
    nothing more | i am done | i am finished | we are done | we are finished | i am all set | all set | all done | i
    am good | hang up | end (the | this) (call | conversation | session) | disconnect | log (me out | out | off) |
    sign (me out | out) | i have to go | i have got to go | i got to go | take care | so long | farewell | cheerio |
    later | catch you later | ciao | i am leaving | gotta run | got to run | that is it for (now | today) | thanks
    that is all | no that is all | no thanks that is all | that is it thanks | you can go | over and out) [thanks |
    thank you | bye | goodbye | for now | now | then | have a (good | nice | great) day | take care] ;
item = (my | a | the | another | this | our | that | some | any | all my) [debit | credit | bank | atm | visa |
    lost |
    stolen | new | replacement] (card | cards) ;
where = [at $words | from $words | for $words | with $words | on $words | about $words] ;
not_offered.loan_application = [apply for | get | take out | ask for | request | open | qualify for | ask about | i
    need | i want | interested in | i am interested in | talk about | know about | do you (offer | have | do |
    give) |
    what about | give me] (a | an | my | the | some | another | any) [new | personal | home | car | auto | student |
    small | business | bigger | second] (loan | loans | mortgage | mortgages | line of credit | credit line |
    overdraft | refinance | home loan) [application | rate | offer] [of $amount] <where> | borrow [some] (money |
    $amount) [from (you | the bank)] <where> | (refinance | refinancing) $words | [do you (offer | have)] (home |
    personal | car | student | auto) loans | mortgage (rates | rate | application | calculator) | (loan | mortgage)
    application | what [are | is] [your | the | current] [interest | loan | mortgage] (rates | rate) |
    lend me (money | some money | $amount) | (raise | increase | up | bump up | lift | boost | extend) my (credit
    limit | overdraft | limit) [to $amount] |
    can i (get | have) a (loan | mortgage) <where> | extend my loan | pre approval | get pre approved $words ;
not_offered.card_controls = (freeze | unfreeze | lock | unlock | block | unblock | cancel | deactivate | activate |
    disable | stop | suspend | report | replace | order | renew | turn off | turn on | reissue | request | get |
    shut
    off | shut down | pause | kill | upgrade) (<item> | it is my card) [<when>] [it (is | was | got) (lost |
    stolen)]
    <where> | i (lost | have lost | can not find | misplaced | have misplaced | left | dropped) (<item> | my wallet
    |
    my purse) <where> | (someone | somebody | they) (stole | has stolen | took | has | is using | used) (<item> | my
    wallet | my purse | my account) <where> | <item> (was | is | has been | got) (stolen | lost | missing | hacked |
    cloned | compromised | declined | not working | broken | expired | swallowed | blocked | frozen | skimmed)
    <where>
    | (freeze | lock | block | deactivate | suspend) ([my] (account | accounts | everything)) | (stolen | lost)
    card |
    my card (does | will | did) not work <where> | (change | reset | forgot | set | i forgot | i have forgotten) my
    [card | debit | atm] pin | (new | replacement) card | i need (a | another) new card |
    card (stolen | lost) ;
not_offered.dispute = (dispute | contest | challenge | question | report | reverse | get back | refund | query |
    claim) (a | an | the | this | that | my | some | one of my) [fraudulent | wrong | unknown | suspicious |
    unauthorized | recent | $amount | last | strange] (charge | charges | transaction | transactions | payment |
    debit
    | purchase | fraud | scam | money | fee | refund) <where> | i (did not | never) (make | authorize | recognize |
    approve | do) (this | that | the | a | these | any) [$amount] (charge | charges | transaction | transactions |
    payment | purchase | debit) <where> | i do not (recognize | know | remember) (this | that | a | the | these |
    some
    | one) [$amount] (charge | charges | transaction | transactions | payment | purchase | debit | payments)
    <where> |
    there is (a | an) (charge | fraudulent | strange | unknown | unauthorized | suspicious | transaction | payment |
    weird | wrong) [charge | transaction | payment] [on my $account] [i do not recognize | i did not make | that is
    not mine] <where> | (fraud | scam | chargeback | report fraud | report [a] scam | i was scammed | i got scammed
    |
    i have been scammed | i have been hacked | someone hacked my account | charge back) | i (want | need | would
    like)
    (a | my) (refund | money back) <where> | [i was] (charged | overcharged | billed) (twice | wrong | wrongly | too
    much | double | by mistake) <where> | (give me | get | i want) my money back <where> | [i was] double charged
    <where> ;
day = monday | tuesday | wednesday | thursday | friday | saturday | sunday ;
later = tomorrow | tomorrow (morning | afternoon | evening | night) | [on | this | next | every | each | by | until
    |
    coming] <day> | next (week | month | year) | every (week | month | day | year | other week | two weeks |
    payday) |
    monthly | weekly | daily | annually | yearly | (on | at | by) the (first | end | fifteenth | beginning | last)
    [day] [of (the | each | every | next) month] | in (a | $count) (day | days | week | weeks | month | months |
    hour
    | hours | minutes | few days | few hours) | later (today | this week) | at (noon | midnight) | once a (month |
    week) | each month | each week | regularly | automatically | the day after tomorrow | after payday ;
not_offered.schedule = (<carry> <sum> <towards> <who> | <give> <who> <sum> | <sum> to <who> | <give> <who> |
    <begin> a
    payment [of <sum>] to <who> [of <sum>]) <later> [<purpose>] | <later> (<carry> <sum> <towards> <who> | <give>
    <who> <sum>) | (set up | make | create | cancel | start | stop | change | delete | schedule | add) (a | an | my |
    the | another) (standing order | direct debit | recurring payment | recurring
    payments
    | automatic payment | autopay | scheduled payment | scheduled payments | recurring transfer | auto pay |
    standing
    orders | direct debits | automatic payments | regular payment | future payment | monthly payment | weekly
    payment)
    [(to | for | of | with | from) $words] | schedule (a | my | the) (payment | transfer) [for | to] $words | turn
    on
    autopay $words ;
not_offered.several_payments = (<carry> <sum> <towards> $payee | <give> $payee <sum>) and [also | then | <carry> |
    <give>] (<sum> <towards> $payee | $payee [<sum>]) | <give> ($payee and $payee | (both | each) [of] $words) <sum>
    [each] | split <sum> (between | among | with) $words | <carry> <sum> [each] to (both | each of | $payee and
    $payee
    | all) [of] [$words] ;
not_offered.request_money = (request | ask for | get | collect | charge | receive | demand | claim | invoice | take)
    (<sum> | money | some money | my money | payment | a payment) [back] (from | off) (<who> | <person>)
    [<purpose>] |
    (request | ask | charge | invoice | bill) (<who> | <person>) for (<sum> | money | payment | the money) | <who>
    owes me [<sum> |
    money]
    | send (<who> | <person>) (a [payment] request | an invoice) [for <sum>] ;
not_offered.new_payee = (change | update) (my payees | the payees | my contacts | my recipients | my beneficiaries)
    [$words] | (add | create | register | set up | save | delete | remove | edit) (a | an |
    my | the | another | <who> as a | <who> to my | $name as a) [new] (payee | payees | recipient | contact |
    beneficiary | contacts) [called $words | named $words | $words] | (add | remove | delete) <who> (to | as | from)
    [a | my] [new] (payee | payees | list | contacts | recipient | beneficiary) | new payee | who are my payees |
    (list | show [me]) my (payees | contacts | recipients | beneficiaries) | who can i pay ;
not_offered.appointment = (make | book | schedule | set up | get | arrange | cancel | move | change | reschedule |
    need | have) (an | a | my | the | another) [new] (appointment | meeting | visit | video call | consultation |
    slot) [with $words | for $words | at $words | on $words | to $words | <when> | <later>] | [where is | find |
    what
    is | locate] [the | a | my | your | an] (nearest | closest | next | local) (branch | atm | cash machine |
    office |
    bank | cash point) [$words] | (branch | opening | office | business | banking) hours | [what are | what is] your
    [opening | business | branch | office] (hours | address | phone number | location) [<when>] | when (do you | are
    you | is the bank | does the bank | does the branch | is the branch) (open | close | closing | opening)
    [$words] |
    are you open [$words] | where are you located | where (can i find | is there) (an atm | a branch) [$words] ;
not_offered.account_service = (open | close | start | create | get | set up | opening) (a | an | my | the | another
    |
    this) [new | joint | second | business | student | kids | money market | retirement] ($account | $account
    account
    | account | accounts | bank account | cd | money market | ira | certificate | savings | joint account) [with
    you]
    <where> | (change | update | edit | correct) my (address | phone number | email | email address | name | number
    |
    phone | details | contact details | personal details | password | mailing address | username | profile | pin)
    [to
    $words] | [what is | tell me | give me | show me | i need | know | i forgot | find] (my | the) [$account]
    (account
    number | routing number | iban | swift code | sort code | card number | pin | interest rate | credit score |
    password | cvv | username | account details | bank details) <where>
    [again] | (reset | forgot | i forgot | change) my password | (send | email | mail | download | get | order |
    give)
    [me] (a | my | the | an | some) [bank | paper | account | tax | monthly] (statement | statements | check book |
    checkbook | checks | tax form | tax document | documents | letter) <where> [(by | in) $words] | (credit score |
    account number | routing number) | what (are | is)
    (the |
    your) (fees | fee | charges) <where> | order checks | deposit (a | my | this) check <where> | (cash | write |
    stop
    | deposit) (a | my | the) check <where> ;
not_offered.budget = [<show>] (my | a) (budget | spending by category | spending report | spending breakdown | budgets)
    [<where>] | (set | create | make) (a | my) budget <where> [of $amount] | what is my budget | [help me] budget ;
not_offered.foreign_currency = $foreign ;
not_offered.investing = (buy | sell | trade | invest [in] | get | purchase | hold) [<sum> | some | more | my | a
    few |
    $count | shares | stock] [of | worth of | in] [some] (stocks | stock | shares | bitcoin | crypto | ethereum |
    bonds | gold | etfs | mutual funds | an etf | a fund | funds | the stock market | index funds | cryptocurrency |
    cryptocurrencies) <where> | invest [$amount | money | some money | my money] [in $words] | (exchange | convert |
    change | buy) [<sum> | money | some | dollars | some money] [to | into | for | in | of] (euros | pounds | yen |
    pesos | foreign currency | another currency | dollars | currency) <where> | [what is] [the] exchange rate
    <where>
    | (crypto | bitcoin | stock | stocks) (price | prices | account | portfolio) | [how is] my (portfolio |
    investments | stocks | retirement | pension | ira) [doing | looking] | [do you (sell | offer | have)] [home |
    car
    | life | travel | health | renters | some | any] insurance [policy | policies | products] <where> | (get | buy |
    cancel | need) [home | car | life | travel | health] insurance <where> | [get | buy | i need] travel money ;
not_offered.cash = (withdraw | take out | get out) (<sum> | money | cash | some cash | some money | $amount in cash)
    [from (an atm | the atm | my account | the bank | [my] $account)] | (deposit | pay in) (<sum> | money | cash |
    some cash | some money) [into my account | at the branch | in my account] ;
not_offered.mobile_top_up = (top up | recharge | refill) (my | the) (phone | mobile | prepaid | cell | cell phone |
    sim) [card] [with $amount | by $amount] | (buy | get) (airtime | minutes | phone credit | a gift card | gift
    cards) <where> ;
"""
