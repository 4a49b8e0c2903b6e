"""Frames of inquiries: what is asked for and about what, in any order of words, once the restrictions are set aside.

Notation as in `frames`. `§loan`, `§card` and `§acct` stand for a named account, `§p` for a payee, `§x` for a shop
that is
none, `§w` for a time, `§b` for a bound of amounts, `§o` for an order or a count. Where two frames are as good, the
first
one wins: none of them moves anything.
"""

from __future__ import annotations

from typing import Final

CONCEPTS: Final = """
person = §p §x
stranger = §x
time = §w
bound = §b §a
order = §o
account = §acct account accounts bank
i = i we me my
get = get got receive received have had
not = not never still yet
close = close near far
maxing = maxing maxed max_out maxed_out max
general = explain mean meaning works average typical usually current offer offers your banks
credlim = limit credit
delivery = delivery shipping shipment tracking
track = tracking_number track_number tracking_code tracking_id
status = status progress state update news word details number
come = come came coming here
waiting = waiting wait await expecting expect
have = have has got
gonnapay = will_i_pay am_i_paying do_i_pay going_to_pay am_i_going_to_pay
code = code codes pin password
howmuch = the_amount how_much how_many what_amount what_total what_sum total add_up adds_up added_up altogether sum
    combined
    in_total total_spend total_spending grand_total how_big work_out figure_out calculate tally count_up tot_up totted
    sum_up sum_of what_the_total
what = what whats which
when = when what_day what_date how_soon how_long due_date until before how_many_days how_many_weeks till til
where = where whereabouts
spent = spend spent spending spend_on paid pay paying gave give given giving sent send sending blown blow blew dropped
    splashed splash forked fork shelled shell bought cost costing costs charged charge charging billed bill_me taken
    took take went going go gone set_me_back put burned burnt burning squandered splurged invoiced coughed sunk
    get_through got_through go_through went_through gone_through burned_through run_through
purespent = outlay outlays expenditure expenditures spend spent spending spend_on splashed blown blew splurged
    squandered burned shelled forked get_through
    got_through go_through went_through gone_through burned_through run_through
paid = paid pay paying sent send gave give given sending transferred transfer wired wire billed charged charge
gone = went gone go goes going disappeared vanished
cost = cost costs costing charged billed charge charging set_me_back
tospend = to_spend can_spend can_i_spend could_i_spend to_play_with left_to_spend safe_to_spend allowed_to_spend
    can_i_still_spend could_i_still_spend can_still_spend can_i_put can_i_use able_to_spend may_i_spend to_spare
    can_i_still_charge can_i_still_put can_i_still_use can_i_charge could_i_put could_i_charge can_we_spend
    should_i_spend i_can_spend i_could_spend i_can_still_spend
    can_i_still_put could_i_still_put can_still_put can_i_still_charge can_i_still_use can_i_buy
past = did have has was were been
tx = expense transactions transaction purchases purchase movements entries statement statements history activity
    bookings
    postings charges debits credits expenses outgoings deposits deposit withdrawals withdrawal spendings charge
    ins_and_outs direct_debit fees fee refund refunds paycheck salary wages
bought = bought buy buying purchased paid_for buys
pays = payments payment transfers transfer
find = find look_for search search_for looking_for locate dig_out
ask = show tell list read give see hear check view get pull run know bring find look print share go_through go_over
    need want what which display search find any is_there are_there was_there were_there
last = last latest recent recently lately newest previous past
flowacct = through_my through_the
enough = enough
much = much lots a_lot plenty
happening = going_on happening happened been_up_to
ones = ones
soon = soon shortly
nextw = next
refunded = refund refunds rebate reimbursement cashback
myspending = my_spending our_spending my_spend my_total_spend my_expenditure
dueto = due_to supposed_to meant_to scheduled_to
owing = owe owed owing outstanding
anyw = any
canmake = can_make could_make have_to_make must_make may_make i_can_pay get_away_with
who = who
whenlast = when_did when_was when_have when_last last_time
every = everything all anything something stuff things ones any
income = money_from came_in coming_in come_in comes_in earned earn earnings income received receive paid_in money_in
    been_paid
    got_paid get_paid incoming deposited salary wages paycheck paid_me pay_me sent_me send_me pays_me gave_me credited
    came_through reimbursed_me transferred_me pay_check refunded give_me_back paid_us landed
outgo = went_out going_out gone_out came_out come_out coming_out left_my out_of_my outgoing money_out debited
    taken_out been_taken paid_out moved_out flowed_out leaving leave go_out goes_out go_off going_off gone_off
    came_off taken_from
didi = did_i have_i did_we have_we was_i
paidhow = paid pay sent send given give transferred transfer wired wire settled settle
charged = charged charge billed bill debited taken take took
loan = §loan mortgage loan loans mortgages borrowing instalment_plan auto_finance car_finance finance_agreement
owe = owe owed owing owes outstanding left remaining remain remains pay_off paid_off pay_back repay payoff clear
    balance principal settled balances still_to_pay debt left_to_pay
rate = rate rates interest apr percent percentage
instalment = instalment instalments installment installments repayment repayments
next = next upcoming coming following
payment = payment payments bill bills instalment instalments installment installments repayment repayments
due = due payable owing_by deadline due_date
over = end ends over finish finished finishes done paid_off mature matures term
detail = details detail summary overview terms status look doing looking about standing info information coming_along
    going progress coming
shop = apply want_a want_another want_to_borrow want_to_take want_to_get want_to_apply take new take_out borrow
    refinance eligible qualify another bigger loan_out extend increase raise
    raised higher lend approved pre_approved afford offer application
credit = §card credit visa mastercard card_bill card_payment card_statement card_limit card_bills
limit = limit limits ceiling cap maximum max allowance credit_line
available = available left remaining unused spare headroom room free still_have
used = used use owe owed owing racked run_up spent outstanding due run rack charged
minimum = minimum min minimum_payment least
pay = pay paid paying payment payments bill statement
card = card cards §card plastic
sentout = sent send shipped ship posted post mailed mail delivered deliver delivery dispatched dispatch shipping
    shipment arrive arrived arrives arriving come coming comes get_here got_here here got_to track tracking tracked
    where whereabouts waiting wait expected expect expecting out_for_delivery produced made printed ordered gone_out
    on_its_way on_the_way turn_up turned_up turn_up show_up showed_up reach reached eta courier parcel in_the_mail
    in_the_post on_route en_route receive received getting landed package go_out went_out sent_out far_away how_far
    made_it make_it leave left
strongsent = deliver shipped ship posted mailed delivered delivery dispatched dispatch shipping shipment track tracking
    tracked arrive arrived arrives arriving eta courier parcel on_its_way on_the_way get_here turn_up turned_up
    out_for_delivery in_the_mail in_the_post en_route show_up showed_up go_out went_out sent_out far_away
whereis = where whereabouts
trouble = lost lose stolen stole block blocked freeze frozen unlock lock locked unblock cancel replace declined
    damaged swallowed broken missing activate deactivate cloned hacked pin ate order skimmed misplaced not_find work
    working report
upcoming = upcoming coming_up scheduled coming_out going_out_next falls_due falling_due due forthcoming
    in_the_pipeline on_the_horizon lined_up planned pending_bills up_next going_to_come_out about_to_come_out due_out
    set_to_go future come_up comes_up due_soon coming_due on_the_way_out to_come still_to_come yet_to_come
    still_to_pay left_to_pay to_pay_still to_be_paid need_paying needs_paying unpaid about_to_go_out about_to_go
    going_off_soon
bills = bills bill payments payment standing_orders standing_order direct_debits direct_debit autopay instalments
    instalment subscriptions obligations dues autopays recurring_payments scheduled_payments debits
standing = standing_orders direct_debits scheduled_payments upcoming_payments upcoming_bills future_payments
    recurring_payments regular_payments coming_payments scheduled_bills
haveto = have_to need_to got_to must supposed_to do_i_owe
will = will going_to about_to
create = set_up create make cancel stop start change delete add new schedule open amend edit
state = going_through through done processed arrive arrived complete completed pending cleared
raise = up_my up_the lift boost raise increase extend higher raised increased lift bump change lower decrease
left = left remaining
bal = balance balances
sentnew = sent shipped posted mailed delivered new
news = news update updates status progress word whereabouts happening_with happened_to become_of going_on_with up_with
    became_of happened_with sign word_on
came = arrived arrive landed posted came came_in come coming
cond = if whether unless
been = been was were had
moneyon = spend_money spent_money spend_money_on spent_money_on spend_my_money spent_my_money spending_money_on
    spending_my_money
bill = bill bills obligations dues invoices invoice
morew = more the_rest others another_page next_page next_ones next_few further remaining continue older_ones next_lot
    next_batch next_set
once = once time one again code codes need money
agob = goes_out going_out leaving leaves leave comes_out coming_out
total = total sum altogether overall combined
"""

ABOUT: Final = (
    "loan card bill bills due balance payment payments credit limit spend spent mortgage instalment transactions"
)
"""What a word that nobody knows may have been meant for, if it sounds the same."""

MORE_GLUE: Final = frozenset({"money", "cash", "dollars", "bucks", "account", "accounts", "total", "amount", "details"})
"""Words that say nothing about what is asked, beside those of `frames`."""

FRAMES: Final = """
spending 4.6 howmuch gone person !income !state | spending 4.5 what purespent i time !tospend !order !every !flowacct
transactions 4.9 what flowacct | spending 4.5 what purespent i person !tospend !order !every
transactions 4.5 ask paidhow person i !howmuch !cond | transactions 4.6 howmuch came time
loans 5.3 loan pay !shop !code
cards 5.2 card get when !trouble !due !pay | cards 5 card news !trouble !due !pay !tx
scheduled 5 standing i
spending 5 howmuch purespent !tospend !credlim !left !will
spending 4.5 howmuch spent past i !left !will !tospend !income !loan !code !owe
spending 4.7 howmuch spent person !income !tospend !loan !owe !due !will !get !left
spending 4.6 howmuch cost i !loan !card !income !code | spending 4.5 howmuch outgo person !upcoming
spending 4.5 howmuch outgo time !upcoming | spending 4.5 howmuch outgo bound !upcoming
spending 5.6 what cost past person i !loan !card | spending 4.5 much purespent i !tospend
credit 5 card due what !trouble !strongsent | scheduled 4.6 owe every time !loan !card
transactions 5 refunded came | balance 4.6 have bound account !tx !pays !every !order !person
credit 5 card haveto pay !trouble !waiting | spending 4.6 what paidhow past person i !every !order !whenlast
spending 4.5 myspending time !tospend | spending 4.5 myspending person !tospend
transactions 4.6 happening account !loan !card | transactions 4.7 who paidhow order i
transactions 4.7 who paidhow i time
transactions 4.6 find pays person !upcoming !state | transactions 4.3 ask ones time !upcoming !due
scheduled 4 upcoming nextw what | scheduled 4.6 haveto pay soon | scheduled 4.6 haveto pay every !card !loan
scheduled 4.7 when outgo !loan !card !past | scheduled 4.8 dueto pay person what | credit 5.1 tospend card
credit 5 owing card
spending 3.4 purespent time !i !tospend | spending 4.5 what cost person i
spending 4.6 what purespent past person !tospend !every !order
spending 4.5 what purespent past time !flowacct !tospend !every !order | spending 4.5 what cost past person !loan !card
spending 4.5 howmuch tx person !income | spending 4.5 howmuch pays person past !income !left !state !upcoming
spending 4.5 howmuch person get past !income !state | spending 4.5 purespent person ask !income !tospend !order !tx
spending 5.1 total paidhow person !loan !income !upcoming | spending 4.4 howmuch bought !tospend
spending 4.4 howmuch tx time !income !loan !card
spending 4.4 purespent person time !tospend !order
transactions 4.8 tx person !howmuch | transactions 4.8 tx bound | transactions 4.8 tx order
transactions 4.5 tx time !upcoming !due !will | transactions 4.3 tx ask !upcoming !due !standing
transactions 4.6 pays person ask !upcoming !state !where !due !next
transactions 4.6 pays bound !upcoming !state !due | transactions 4.6 pays order !upcoming !state !due
transactions 4.5 pays time ask !upcoming !will !due !next !haveto
transactions 4.6 pays past i time !upcoming !due !state !haveto
transactions 4.6 pays past i person !upcoming !due !state | transactions 4.9 whenlast paidhow
transactions 4.9 whenlast charged !sentout | transactions 4.9 whenlast income | transactions 4.9 whenlast purespent
transactions 4.9 whenlast bought | transactions 4.9 whenlast pays person !state
transactions 4.7 didi paidhow time !howmuch !what !card | transactions 4.7 didi paidhow person time !howmuch
transactions 4.7 didi paidhow bound !howmuch !what | transactions 4.7 income person !state !will !card
transactions 4.6 income time !upcoming !will !card | transactions 4.6 income howmuch !upcoming !will
transactions 4.6 income bound !will | transactions 4.6 income order | transactions 4.6 outgo bound
transactions 4.6 outgo order | transactions 4.6 outgo time what !upcoming !will !due
transactions 4.6 charged person past !howmuch !code !card | transactions 4.6 charged person cond !howmuch !code !card
transactions 4.5 every person ask !pays
transactions 4.5 every bound | transactions 4.5 every person time | transactions 4.6 bought order !howmuch
transactions 4.6 bought bound | transactions 4.6 bought person !howmuch | transactions 4.6 bought time !howmuch
transactions 4.6 order purespent !howmuch !tospend !income | transactions 4.6 find pays !upcoming !state !i
transactions 4.6 find charged bound | transactions 4.5 every outgo past !upcoming !will
transactions 4.5 what purespent every past | transactions 4.5 income what past !upcoming !person !card
transactions 4.6 income every past !card | transactions 4.6 paidhow bound past i ask !howmuch
transactions 4.2 what paidhow person past time | transactions 4.6 what paidhow past time i !howmuch
transactions 4.6 what charged past time i !howmuch !card
transactions 4.6 pays income !state !will
loans 5.2 loan owe !shop | loans 5.2 loan rate !shop !general | loans 5.2 loan payment !shop !code
loans 5 loan over !shop | loans 5.2 loan due !shop | loans 4.8 loan detail !shop !general | loans 5 loan howmuch !shop
loans 5.1 instalment next | loans 5.1 instalment due | loans 5 instalment howmuch !standing | loans 5 instalment when
loans 5 instalment owe | loans 4.8 loan ask !shop !general | loans 4.7 loan have !shop !general
loans 4.8 loan when !shop
credit 5.2 credit limit !raise | credit 5.1 credit available !loan !bal | credit 5.4 credit due !loan !strongsent
credit 5.4 minimum pay !general | credit 5.2 tospend credit | credit 5 limit used !raise !general
credit 5 limit close !raise | credit 5.3 credit when pay !sentnew | credit 5.1 credit used howmuch !bal !purespent
credit 5 credit maxing | credit 5 card maxing
credit 5.1 credit used what !bal !purespent | credit 5.3 credit minimum | credit 5.4 credit order canmake
credit 4.9 limit i what !raise
credit 5 credit limit
cards 5.3 card strongsent !trouble !due !pay | cards 5.3 card whereis !trouble
cards 5.2 card sentout when !trouble !due !pay
cards 5.2 card sentout past !anyw !trouble !due !pay !howmuch !tx !purespent !income !order !time
cards 5.2 card waiting !trouble !due | cards 4.9 delivery status | cards 4.9 delivery i ask | cards 5 track
cards 4.9 card get not !trouble !due !pay
cards 5.2 card sentout not !trouble !due !pay | cards 5.2 card come i !trouble !due !pay !tx !income
scheduled 5 upcoming bills !been !credit !loan !card | scheduled 4 upcoming time !been !credit !loan !card
scheduled 3.3 upcoming what !been !stranger !credit !loan !card
scheduled 3.3 upcoming every !been !stranger !credit !loan !card
scheduled 5 next bills when !loan !credit | scheduled 4.8 bills haveto what !code | scheduled 4.8 bills haveto time
scheduled 4.9 standing ask | scheduled 4.9 standing have | scheduled 4.8 haveto pay what !loan !credit !person
scheduled 4.8 outgo will | scheduled 5 when person next | scheduled 5 next bills what !loan !credit
scheduled 5 next bills ask !loan !credit
scheduled 4.8 haveto pay what time !loan !credit | scheduled 4.8 bills time will
scheduled 4.8 when due person !loan !credit | scheduled 4.7 gonnapay what !loan !rate
scheduled 4.7 when pay person will | scheduled 4.8 every due !loan !credit !card
scheduled 4.8 bills due !loan !credit !card !raise | scheduled 4.7 next pay person when !loan !credit
transactions 4.9 what moneyon !howmuch | transactions 4.5 what outgo been
spending 5 howmuch pays person !income !upcoming !state
transactions 4.6 income i past !enough !card !state !person !howmuch
credit 5.2 credit howmuch haveto pay
scheduled 4.5 bill ask !tx !limit !loan !credit !card !spent | scheduled 4.7 bill upcoming !credit !loan !card
more 3.6 morew !once !person !bound !bill !pays !upcoming !tx !code !owe !left
more 3.6 morew tx !once !person !bound !upcoming | more 3.6 morew pays !once !person !bound !upcoming !due
transactions 4.5 every outgo time
spending 4.4 total person !loan !income !upcoming
scheduled 4.8 pays outgo will | scheduled 4.8 bills upcoming !been !credit !loan !card
"""
