"""Answers: yes, no, stop, and the one-time code."""

from __future__ import annotations

from typing import Final

TEXT: Final = """
yes = yes | yes yes | yes indeed | okay | okay then | sure | sure thing | of course | absolutely | definitely |
    certainly | correct | right | exactly | precisely | indeed | affirmative | fine | great | perfect | good | very
    good | very well | alright | all right | all good | you bet | by all means | yes sir | yes ma'am | roger | roger
    that | agreed | confirmed | uh huh | mm hmm | mhm | for sure | totally | no problem | why not | sounds good |
    sounds great | sounds right | sounds fine | sounds about right | looks good | looks right | looks fine | looks
    good to me | sounds good to me | fine by me | works for me | that works | sounds perfect | okay cool | cool |
    excellent | lovely | brilliant | true | spot on | bingo | go for it | okay sure | yes okay | oh yes | ja | si ;
act = go ahead | do it | do that | do so | do this | go | go on | go for it | proceed | carry on | continue | confirm
    | confirm it | confirm that | confirm the payment | confirm this | approve | approve it | approve the payment |
    approve that | i confirm | i approve | i agree | i do | i am | i am sure | it is | it does | you may | you can |
    you can go ahead | you may go ahead | make it so | make it happen | make the payment | pay it | pay that | pay her
    | pay him | pay them | send it | send that | send it off | send it over | send it now | send her that | send the
    money | send the payment | submit it | submit | confirm payment | approve payment | let us do it | let us go | let
    us do that | let us go ahead | that is okay | that is fine | that is good | that is great | that is perfect | that
    is alright | that will do | that would be great | that is right | that is correct | that is it | that is the one |
    that is what i want | that is what i said | that is true | that is exactly right | that is all correct | that is
    all right | you got it | you got that right | you are right | you have got it right | i would like that | please
    do | do go ahead | i want that | i want to | i want you to | i would like to | i would like you to | all correct |
    everything is correct | everything is right | everything looks good | everything is fine | it is fine | it is okay
    | it is correct | it is right | all of that is correct | this is correct | this is right | this is fine | i am
    happy with that | i am fine with that | i am good with that | go right ahead | execute | release it | transfer it
    | wire it | put it through | get it done | process it | yes to that | authorize it | i authorize it | i authorize
    that | authorized | you have my okay | you have my permission | it sounds good | that sounds good | that sounds
    right | that sounds great | that sounds fine | that looks good | that looks right | that looks fine | it looks
    good | it looks right | sounds good to me | fine with me | okay with me | good to go | no changes | nothing to
    change | i think so | i guess so | i believe so | that is good with me | that is fine by me | that is fine with me
    | okay by me ;
doit = (send | pay | make | do | confirm | approve | submit | process | transfer | wire | authorize | execute |
    complete | release | finish) (it | that | this | the payment | the money | the transfer | the transaction | it now
    | that now) [now] ;
courtesy = thanks | thank you | then | please | now | for me | thank you very much | i think | oh | well | great
    thanks | perfect thanks | and | thanks a lot ;
assent = <yes> | <act> | [you (can | may) | go ahead and | i want you to | i would like you to | let us | please]
    <doit> | i (confirm | approve | authorize | accept | agree to) (it | that | this | the payment | the transfer |
    the transaction) | you (can | may) go ahead [and <doit>] | go ahead and <doit> | that is (exactly | precisely |
    indeed) [what i (want | wanted | said | meant) | right | it | correct] | yes pay now | that is all (correct |
    right | good | fine) ;
confirm = [<courtesy>] <assent> [<assent> | <courtesy>] [<assent> | <courtesy>] [<assent>] [<courtesy>] | <yes> (<act>
    | i would | i think that is (right | fine | correct | okay | good)) | (yes | sure) why not | yes and thanks | no
    (that is (right | correct | fine | good | okay) | go ahead) ;
never = do not | do not do (it | that | this) | do not want (it | that | to) | i do not | i do not want (to | that |
    it) | i do not think so | i would rather not | rather not | better not | i would prefer not to | not now | not yet
    | not today | not really | not at all | not right | not correct | not okay | incorrect | wrong | negative | never
    | no way | no thanks | no thank you | certainly not | absolutely not | definitely not | of course not | that is
    (wrong | not right | not correct | incorrect | not it | not what i (said | meant | want | wanted | asked for) |
    false | a mistake | not good | not okay | not fine | the wrong (amount | person | account | name | payee | one)) |
    it is (wrong | not right | not correct | incorrect) | this is (wrong | not right | not correct | incorrect) | that
    (does not sound | does not look | is not quite) right | you got (it | that) wrong | you (misheard | misunderstood)
    [me] | wrong (amount | person | account | name | payee | one | number) | i did not (say | mean | want | ask for)
    that | i said no | not what i (said | meant | wanted) | something is (wrong | off) | i disagree | i refuse | i
    decline | decline | declined | deny | reject | reject it | i changed my mind | not that | not that one | not this
    | not so fast | no no no | hell no | no good | thumbs down ;
deny = (no | no no | no no no) [<never>] [<never>] | <never> [no] | (no | <never>) (i would rather not | i do not |
    not that | sorry) | (sorry | wait | hold on | hang on) no [<never>] | i am not sure | not sure | i do not know |
    oh no ;
thing = it | that | this | everything | all of (it | that | this) | (the | this | that | my | any) [whole] (payment |
    transfer | thing | transaction | whole thing | request | operation | order | wire | process | money) [to $payee] |
    my (payment | transfer | request | last payment) [to $payee] | (payment | transfer) ;
halt = (it | that | this) (was | is) not me |
    stop | stop (it | that | this | right there | now | there | everything | the payment | the transfer) | wait
    stop | cancel | cancel <thing> | abort [<thing>] | forget <thing> | forget (about it | this | the whole thing | it
    all) | never mind | nevermind | never mind (that | it | then | about that) | scrap (it | that) | drop (it | that)
    | leave it | leave (it | that) (alone | be) | call it off | call <thing> off | call off <thing> | undo (the | this
    | that | my | my last) (payment | transfer | transaction | order | wire | request) [to $payee] |
    void <thing> | revoke <thing> | quit | exit | halt | withdraw <thing> | discard <thing> | end <thing> | kill
    <thing> | hold off | back out | terminate <thing> | pull <thing> back | take it back | do not (send | pay | make |
    do | process | transfer | go ahead with | continue with | execute | complete | proceed with | wire | submit | put
    through | let) <thing> [go | through | go through] | do not (send | pay | make | transfer | proceed | continue |
    go ahead | bother | go through with it | wire) [anything | any money | <person> | $payee] | do not (send | pay |
    give) $payee (anything | [any] money | $amount) | i do not want to (pay | send | do | make | continue | go ahead |
    proceed | transfer | go through with) [<thing> | <person> | $payee | this] [anymore | any more | after all] | i
    want out | i changed my mind | i have changed my mind | on second thought | on second thoughts | let us not [do
    (it | that)] | i want to (cancel | stop) [<thing>] | start over | let us start over | start again | hang on stop |
    hold on stop | hold it | hold everything | wait wait stop | stop stop [stop] | cancel cancel | get me out of here
    | (i | you) made a mistake | there is a mistake | please stop | reverse <thing> ;
pause = wait | hold on | hang on | no | one moment | oh | sorry | oops | actually | whoa | okay | yes | um | well | on
    second thought | i changed my mind ;
cancel = [<pause>] [<pause>] <halt> [<halt>] [do not do (it | that)] [not anymore | any more | after all] | [<pause>]
    (stop | cancel) (do not (do that | send it | pay it)) | (hang on | hold on | wait) (do not | do not do (it | that
    | this)) | [<pause>] forget it [<never>] | [<pause>] never mind $words ;
mine.code = [<yes>] [it is | that is | this is | here it is | here you go | here is | i got | i have | i received | i
    see | it says | got it | okay] | [<yes>] [and | so] (my | the | your | that | this | this is the | here is the |
    here is my | it is the) [one time | security | verification | six digit | sms | text | access | secret] (code |
    number | digits | pass code | password | one) [you sent | they sent me | i got | i received | from the text | in
    the text | that came | you texted [me]] [is | was | says | reads | here] | (they | you) sent [me] | [the] (text |
    message | sms) (says | said | reads) | try | use | enter | i was sent ;
code = <mine.code> $code [<mine.code>] [thanks | thank you] | [the | my] [verification | security | one time] code
    $code | $code (is the code | is my code | is it | is what (i got | it says | they sent me) | that is it | that is
    the code | thanks | thank you) ;
new = new | another | different | fresh | second ;
got = get | receive | got | received | gotten | have | seen | see ;
thecode = it | the code | a code | any code | the text | a text | the message | a message | the sms | an sms | my code
    | that code | the text message | a text message | the verification code | the security code | anything | one |
    code | the number | any message | any text | the digits ;
again = again | one more time | once more | another time | over | over again ;
resend = (resend | re send | send back) [me] [<thecode> | <new> code | (a | another) new code] [<again>] | (send |
    text | message | sms) [me] (the code | a code | code | my code | that code | a text | a text message | (a | the)
    <new> (code | one | text) | another (code | one | text) | <new> code) [to me] [<again>] | (send | text) (it | me)
    <again> | (send | text) <thecode> [to me] <again> | [sorry | but | no] i (did not | have not | never | do not |
    still have not | still did not | am not) (<got> | getting) <thecode> [yet | at all | anymore] | (no | [the | my] )
    (code | text | message | sms | it) (did not | has not | never | does not | is not) (come | came | arrive | arrived
    | show up | showed up | come through | came through | get here | got here | received | working | work | coming |
    arriving | arriving here | reach me | reached me) [yet | at all | through] | (it | the code | nothing) (did not |
    has not | never) (come | came | arrive | arrived | arrive yet | shown up | show up | get here | come through)
    [yet] | nothing (came | arrived | has come | has arrived | yet | showed up | came through) [yet] | no (code | text
    | message) [yet | came | here | arrived | received] | [a | the] <new> code | [i (need | want)] (a | another | one)
    [<new>] code | another code | another one | [get me | give me | can i (get | have)] (a | another) [<new>] (code |
    one) [sent] | where is (my | the | that) (code | text | message | sms) | i lost <thecode> | i deleted <thecode> |
    i can not (find | see) <thecode> | (the | my | that) code (expired | has expired | is expired | timed out | ran
    out | is gone | is old | is not working | does not work | did not work) | i am [still] (waiting for | missing)
    (the | my | a) (code | text) | i have no code | i do not have (a | the | any) code | code again | send again | try
    sending (it | the code) again | generate (a | another) [<new>] code | did you send (the | a | my) code ;
"""
