"""Frames: what a request is about, in any order of words, where no rule fits.

A concept is a set of words that mean alike (`new_code` is said as two words). A frame is an intent, a weight, and
    the
concepts that must all be there (`!x`: must not; `a|b`: either); `@code` needs the dialogue to wait for a code. Each
word of weight that neither the frame nor the glue explains takes from the weight.
"""

from __future__ import annotations

from typing import Final

CONCEPTS: Final = """
code = pass_code one_time_password password passcodes code codes digits text texts message messages sms
    verification passcode
not = not never no nothing without none hardly neither
arrive = pinged popped hit dropped buzzed showing arriving delivered receive turning made arrive arrived come came
    coming show showed shown turn turned reach reached get got getting received receive
    receiving see seen delivered appear appeared through land landed have had gotten
again = different second replacement again another new fresh resend once_more one_more more
send = send sent text give get message fire issue generate push try request ask need want have like
lost = lost lose deleted delete expired expire timed missed wiped erased old stale binned dead
wait = waiting wait awaiting
where = where
howmuch = how_much how_many how_big
what = what whatever
how = how
any = any anything something
have = have has got had hold own
left = remainder disposable available_to_spend left remaining remain remains available spare over leftover free
    sitting stashed saved tucked
owe = owe owed owing outstanding due pay_off pay_back repay clear
money = money cash funds dough dosh funding savings_pot pennies
balance = balance balances bal
bank = kitty pot coffers piggy_bank nest_egg bank account accounts finances
state = low high full empty doing looking do look looks stand standing fare faring healthy shape
worth = overdrawn in_debt loaded bankrupt in_credit in_the_black in_the_red overdrawn broke skint rich poor flush
    solvent minted
enough = enough afford
afford = afford
overview = damage rundown tally statement_of position standing rundown summary overview breakdown snapshot total
    totals
    figure amount
ask = show tell list read give see hear check view get pull run know bring find what fetch look print share go
tx = charges activities withdrawal credits debit bookings transactions transaction purchases purchase activity
    statement history expenses withdrawals withdrawal deposits
    deposit entries movements debits outgoings incomings credits spendings ins_and_outs
pays = payments charges transfers
recent = last latest recent recently lately newest previous past
when = today yesterday week weekend month day days weeks months lately recently morning tonight year
flow = gone went go come came going coming left moved leave leaving cleared taken
out = out in off through
spent = spend_on paying spent spend bought buy buying spending purchased shopping paid paid_for
    splash splashed put
payment = payment transfer money transaction wire dough cash it that thing
thatpay = payment transfer transaction wire
done = reach reached arrive land clear process done finished through complete completed processed cleared landed
    arrived sent pending stuck gone went go
    happened paid settled posted executed worked work yet made received receive
question = whether if has have did is are was what where how any does will when who
happen = going_on happening up_with become happening happened going_on became become up
gotit = reach reached hit land arrive get got receive received gotten have paid see
status = latest word whereabouts status update news progress state headway
along = along coming going getting far stage doing
say = say said repeat saying tell told asked talking
repeat = reiterate replay repeat repeated rephrase
hear = heard hearing make_out listening hear catch caught understand follow get missed miss heard hearing
bad = cut broke broken broke_up cutting dropped fuzzy garbled bad breaking muffled faint crackly crackling quiet
    cutting noisy
line = there phone audio line connection sound signal reception voice
can = can could able
you = you
me = i me we
do = provide services do ask say help offer try handle assist
work = work works use start begin operate
unsure = not_sure not_know clueless lost confused unsure stuck no_idea not_certain
help = choices commands tutorial examples example possibilities features lost_here help assist guide assistance
    instructions options menu
human = customer_service customer_services customer_support customer_care support reception call_centre call_center
    team specialist expert human person someone somebody agent manager representative rep adviser advisor
    supervisor operator staff
    teller people clerk employee banker colleague consultant human_being member
speak = ring call phone callback escalate switch contact hand speak talk chat put connect speaking talking transfer
    get want need reach find pass give rather prefer is
    there through have
bye = goodnight good_night have_a_good have_a_nice have_a_great have_a_lovely take_care catch_you_later later_then
    laters ttyl cheerio bye_bye be_off i_am_off got_to_go have_to_go need_to_go have_to_run got_to_run bye goodbye
    cheerio farewell ciao tata ta_ta toodle_pip so_long see_you see_ya night_night
finish = wrapped_up good_for_now that_is_everything that_is_it_for all_good_now done finished all_set sorted
    everything all_i_need all_i_needed all_for all_for_now me_done
else = nothing_else nothing_more not_anything_else all_for_today that_is_all
hello = hello hi hey greetings morning afternoon evening hiya howdy
thanks = thank_you bless_you ta appreciated lifesaver legend thanks thank obliged appreciate appreciated grateful
    cheers ta thankful gratitude
stop = axe nix dump shelve retract rescind abort aborting terminate discard call_it_off halt trash chuck_it leave_it
    pull_the_plug delete remove cancel stop abort scrap forget drop leave_that halt ditch bin kill undo withdraw
    call_off calling_off pull_out
    scratch reverse end nevermind never_mind cancelling stopping pull abandon void quit hold_fire
mind = back_out backing_out pull_out opt_out changed_his_mind reconsidered thought_better not_so_sure
    changed_my_mind change_of_heart second_thoughts
    second_thought cold_feet changing_my_mind rather_not
later = later another_time some_other_time tomorrow for_now
dont = do_not_need_to no_need_to do_not_wish_to do_not_carry_on do_not_submit do_not_execute do_not_release
    do_not_confirm not_need_to do_not_send do_not_pay do_not_make do_not_do do_not_transfer do_not_go do_not_bother
    do_not_put do_not_let
    do_not_proceed do_not_continue do_not_wire do_not_give do_not_move do_not_process do_not_want_to do_not_want_it
    do_not_want_this do_not_want_you would_rather_not not_going_to no_longer_want not_want_to do_not_complete
    let_us_not
    not_bother please_not not_go_ahead not_go_through
idiom = attention heed regards respect respects love wishes mind tribute think worry
thing = payment transfer it that this thing money transaction everything order request anything lot
wrong = wrong incorrect mistaken mistake misheard
card = card cards wallet purse
trouble = suspend disable report reported lock_down shut_off frozen blocked broken damaged chewed lost stolen
    nicked pinched missing swiped robbed misplaced block freeze lock unblock unfreeze unlock replace
    replacement swallowed cloned hacked activate deactivate not_find cancel stole taken ate declined new compromised
loan = mortgage loan loans borrow borrowing overdraft refinance lend credit_limit financing
shop = eligible qualify entitled raise bump lift extension extend apply get want need like take interested rates
    rate about qualify do offer
    increase raise extend have give
alertv = alert notify warn remind remember_to forget_to reminded alerted notified warned ping heads_up nudge
alertn = alert alerts reminder reminders notification notifications warning warnings
nudge = notice advance_warning advance_notice shout buzz ping heads_up nudge beep poke word holler
listing = what which list show see view how_many any read
setup = set create make add new another up put activate start need want
pausing = pause mute silence snooze rest break suspend off disable hold deactivate hush halt
dropping = delete remove cancel rid drop scrap erase clear end stop not_want not_need wipe kill
resuming = resume unpause unmute reactivate restart reenable back_on on_again bring_back
changing = change update edit modify adjust raise lower increase reduce move switch alter bump shift
hushed = disturb bother silence quiet silent not_text not_message not_call not_alert not_notify not_send not_contact
    peace no_messages no_alerts no_notifications no_texts no_calls leave_me not_ping not_wake not_any_messages
quiethours = quiet_hours silent_hours quiet_time do_not_disturb
message = message messages text texts
tellme = let_me_know tell_me text_me message_me ping_me email_me give_me_a_shout
ihave = what_do_i_have what_have_i_got what_i_have
incoming = been_paid get_paid got_paid paycheck salary wages pay_check payday refund_come
iff = if
cond = when if whenever once below above under drops falls goes dips lands
fraud = fraud scam fraudulent unauthorized suspicious dispute disputing chargeback scammed refund
charge = charge charged payment transaction debit purchase
disown = double_charged mystery strange weird unknown unfamiliar suspicious not_recognize not_recognise never_made
    not_make not_mine twice never_authorized not_authorize never_bought
    wrong not_me not_buy overcharged not_know never_approved
standing = standing_order direct_debit autopay recurring standing_orders direct_debits subscription
repeatedly = every weekly monthly tomorrow each fortnightly daily automatically next_week next_month
payv = pay send give transfer wire payment
openv = open close opening closing
paperwork = home_address mobile_number contact_details personal_details username login credit_limit iban
    bank_details account_number routing_number iban sort_code swift_code checkbook check_book interest_rate
    credit_score
    statement_copy pin address password phone_number email
change = amend forgot lost_my replace new reissue change update reset forgot forgotten order get need what tell
    give find
newpayee = payee payees beneficiary recipient contact
add = add new remove delete register edit create set
invest = stock investments investment ethereum gold etf fund funds pension cryptocurrency securities invest
    investing stocks shares bitcoin crypto insurance pension exchange_rate bonds
branch = branch atm cashpoint cash_machine appointment opening_hours opening_times hole_in_the_wall
withdraw = withdraw deposit
topup = top_up airtime
device = phone mobile cell screen inbox end side handset
glance = peek glance look check gander see
fine = okay alright fine healthy good
tospend = to_spend to_use to_play to_work
desk = customer_service customer_services customer_support customer_care representative operator agent helpline
anyone = anyone anybody someone somebody
canhear = can_you_hear_me are_you_there anyone_there anybody_there
requesting = request charge invoice ask collect demand claim
obtain = get request collect claim want
frm = from off
resendv = resend re_send
bit = bit part sentence question
every = everything all stuff things anything
who = who whom
whodone = paid sent
pace = slower slow slowly louder loud
speaking = speak talk say go
whatdo = what_do_you_do what_are_you_for what_is_this_for what_can_this who_are_you
howareyou = how_is_it_going how_are_you how_are_things what_is_up how_do_you_do nice_to_meet_you pleased_to_meet_you
myname = to_my_name
isthere = is_there have_i_much is_much
whatsaid = what_did_you_say what_you_said what_were_you_saying
goover = go_over run_through run_by
whattime = what_time when hours
"""

FRAMES: Final = """
resend 5 code not arrive !fromto | resend 5 code again send !amount | resend 5 code lost !card | resend 5 code wait
resend 5 code where !payee | resend 5 again code !amount
resend 4 @code not arrive !digits | resend 4 @code wait !digits | resend 4 @code again send !digits
resend 4.5 code not device | resend 3.3 code not !digits !wrong !payment !dont !hear !can !say
resend 3.2 resendv | resend 4 device not arrive !thatpay | resend 4.6 @code not arrive !digits
resend 3 @code not !digits !wrong !dont
resend 4 @code lost !digits | resend 4 @code not any
balance 4 howmuch have !iff !spent | balance 4 howmuch left !iff !spent | balance 4.5 howmuch account !iff !spent
balance 4 howmuch owe !iff !payee | balance 4 howmuch bank !iff !spent
balance 4 howmuch money !iff !spent !payee !amount
balance 4.5 balance !cond | balance 4.5 what left have !spent | balance 4.5 what account left !flow
balance 4 how account state | balance 4 how bank state | balance 4 worth | balance 4 enough money
balance 4 afford me | balance 3.9 question money have me !iff !spent !payee !amount !flow !when
balance 4 money account any | balance 4 money account have | balance 4 money left have
balance 4 what have account !when !recent | balance 4 overview account !amount | balance 4 overview bank !amount
balance 4 what owe account !when | balance 4 ask account left | balance 4 ask money account !when !flow
balance 4 what account !happen !when !recent !done !spent !card !flow | balance 5 any account left
balance 4 any account !recent !when !flow !done !spent !amount !payee | balance 4 glance account !amount !when
balance 4 question account fine | balance 4 left tospend
balance 4 what overview !say !thatpay !tx !status !payee !amount | balance 4 what owe have | balance 3 ihave
transactions 4.5 tx ask | transactions 4.5 tx recent | transactions 4.5 tx when | transactions 4 pays recent
transactions 4 pays ask | transactions 4 pays when | transactions 4 tx account | transactions 4 tx me
transactions 4 what spent when !howmuch | transactions 4 what spent recent !howmuch
transactions 4 what have spent !howmuch !payee
transactions 4.5 what flow out account | transactions 4.5 what flow out when | transactions 4.5 what flow out bank
transactions 4.5 any flow out account !left | transactions 4.5 any flow out bank !left
transactions 4 any flow out when !left
transactions 4.5 any money flow out | transactions 4.5 where money flow have | transactions 4 where money flow when
transactions 4 what account recent | transactions 4 what account when | transactions 4 what bank when
transactions 4 question incoming !amount !payee !cond | transactions 4 ask every when !amount
transactions 4 who whodone recent !amount
transactions 4 who whodone when !amount | transactions 4 every spent when !amount !howmuch
transactions 4 recent count spent | transactions 4 recent spent ask | transactions 4 what bank happen
transactions 4 what account happen
status 4 question thatpay done !how !code !amount !pays | status 4 question payee gotit payment !amount
status 4 question payee done thatpay | status 4 what happen thatpay | status 4 where payment !account !spent !code
status 4 status thatpay | status 4 how thatpay along
status 4 question payment done !how !account !bank !code !payee
status 3.5 status any !code | status 4 question done payee !amount !spent | status 4 what happen payee
repeat 5.5 whatsaid !can | repeat 4 goover again !code !tx !thatpay
balance 4 enough account !spent | balance 4 isthere account !flow !when !done !spent !payee !amount
balance 4 how state money !amount !payee | balance 4 what have myname
repeat 4 say again !code | repeat 4.5 repeat !code !payv | repeat 4 not hear !code !payee | repeat 4 line bad
repeat 4 you bad !card | repeat 4 speaking pace | repeat 4 what bit !amount
repeat 4 what you say !can !code | repeat 4 hear again !code !ask | repeat 4 hear say !code !can
help 4 what can you do !amount !payee !account | help 4 what can me do !amount !payee !account
help 4 how work !payee !amount !thatpay !account !card | help 4 unsure do !payee !amount !card !code
help 4 help !amount !payee !account !card | help 4 unsure work | help 4 whatdo | help 3 unsure me !card !account
help 3.7 how me payv !amount !account !not !cond
agent 4 anyone speak !hello !amount !payee | agent 4 human speak !amount !payee | agent 4 human can you | agent 3 desk
goodbye 4 bye !amount !payee | goodbye 4 else !amount !payee | goodbye 4 me finish !thatpay !amount !payee !question
thanks 3 thanks !amount !payee !account !code !tx !dont
greet 4.7 hello howareyou | greet 4.6 howareyou | greet 4 hello anyone | greet 4 question anyone where !human
greet 4.2 hello canhear | greet 3 hello !amount !payee !account !code !tx !dont
cancel 5 stop thing !card !code !repeatedly !account !tellme !alertv | cancel 5 dont !code !what !idiom !iff
cancel 5 mind !code !iff
cancel 5 stop later !card
not_offered.card_controls 5 card trouble !amount | not_offered.loan_application 5 loan shop !howmuch !balance !owe
alert 5 tellme cond !whatdo !owe | alert 5 tellme ahead | alert 4.8 alertv
alert 4.4 alertn !listing !question | alerts 4.8 alertn listing !setup
alerts 4.8 alertn question !setup !cond | alerts 4.8 alertn ihave | alert 4.9 alertn setup | alert 4.6 nudge cond
alert 4.8 nudge ahead
alert_pause 5.4 alertn pausing !again | alert_pause 5.2 alertv pausing | alert_delete 5.3 alertn dropping
alert_resume 5.6 alertn resuming | alert_resume 5.2 alertn again setup | alert_change 5 alertn changing !setup
quiet 5.2 fromto hushed | quiet 5 hushed time | quiet 5 hushed quiethours | quiet 4.6 quiethours
quiet 4.8 fromto alertv not | quiet 4.8 fromto alertn not | quiet 4.8 fromto message not
not_offered.dispute 5 charge disown
not_offered.dispute 5 fraud | not_offered.schedule 5 standing | not_offered.schedule 5 payv repeatedly payee
not_offered.account_service 5 openv account | not_offered.account_service 5 openv bank
not_offered.account_service 5 paperwork change !balance !card | not_offered.new_payee 5 newpayee add
not_offered.new_payee 5 add human payv | not_offered.investing 5 invest
not_offered.request_money 5 requesting payee amount | not_offered.request_money 5 requesting payee money
not_offered.request_money 4.5 obtain amount frm payee
not_offered.appointment 5 branch
not_offered.appointment 4.3 whattime openv !card !account
"""

GLUE: Final = frozenset(
    """
    a an the my our your i you we me us it its that this these those to of in on at for from with by and so just now
    then please can could would will do does did is are am be been being was were has have had got there here want
    need like some any all up out over off into as or well okay hey hi hello yes thanks thank today really very much
    quite still also too right bit little quick quickly kind sort guess mean know see think sure maybe yet already
    about which one get go going let make tell give show only ever exactly currently either else both lot bank
    moment second minute time actually sorry if may might should shall rather love dear mate darling sir madam
    buddy pal oh ah alright back again long thing things anyway good great nice big old around round put take
    brilliant lovely wonderful perfect kind helpful fantastic fab mine yours her him them they she he who what when
    where how not no
    """.split()  # noqa: SIM905 - a list this long is read as text
)
"""Words that say nothing about what is wanted."""
