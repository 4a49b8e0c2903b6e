"""What is entered into an alert's form is told later, by any way: no number of an account or a card stays in it."""

from __future__ import annotations

from dataclasses import replace

from adapters.entered import entered
from domain.elicitation import ALERT, ElicitationRequest, ElicitationType
from domain.forms import FormField

REQUEST = ElicitationRequest(
    "e1", "e1", ElicitationType.FORM, "a1", 1, "00", "", "", "", "", "", "", 60,
    fields=(FormField("about", "string", "What about?"), FormField("amount", "number", "Amount"),
            FormField("date", "date", "On which day?"), FormField("time", "string", "At?", pattern="[0-9:]+")),
    transaction_type=ALERT,
)  # fmt: skip
GIVEN = {"about": "card 4111 1111 1111 1111", "amount": "1250.00", "date": "2027-02-01", "time": "09:00"}


def test_an_alert_forgets_numbers_that_nobody_may_hear() -> None:
    assert entered(REQUEST, GIVEN) == GIVEN | {"about": "card ****1111"}


def test_other_forms_stay_as_they_were_entered() -> None:
    assert entered(replace(REQUEST, transaction_type="payment"), GIVEN) == GIVEN
