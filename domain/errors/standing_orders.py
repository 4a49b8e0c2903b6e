"""Standing orders."""

from __future__ import annotations

from domain.errors.base import BankError


class StandingOrderNotFoundError(BankError):
    code = "standing_order_not_found"
    status = 404
    spoken = "I can't find that standing order."


class StandingOrderClosedError(BankError):
    code = "standing_order_closed"
    status = 409
    spoken = "That standing order is already finished."


class StandingOrderStateError(BankError):
    """It is not set up yet, so it can be neither paused nor changed."""

    code = "standing_order_state"
    status = 409
    spoken = "That standing order is not set up yet."


class StandingOrderChangingError(BankError):
    code = "standing_order_changing"
    status = 409
    spoken = "Another change of that standing order still waits for you. Please confirm or cancel it first."


class StandingOrderUnsignedError(BankError):
    """Terms were to hold, or a run to be paid, without every countersign of their version."""

    code = "standing_order_unsigned"
    status = 409
    spoken = "That standing order was not confirmed in full. Nothing was moved."


class StandingOrderPausedError(BankError):
    """Of a run: between its beginning and its posting the order was paused."""

    code = "standing_order_paused"
    status = 409
    spoken = "That standing order was paused. Nothing was moved."


class StandingOrderEndedError(BankError):
    """Of a run: between its beginning and its posting the order was cancelled."""

    code = "standing_order_ended"
    status = 409
    spoken = "That standing order was cancelled. Nothing was moved."


class StandingOrderMismatchError(BankError):
    """A payment says that it is a run of an order whose terms it does not fit."""

    code = "standing_order_mismatch"
    status = 409
    spoken = "That standing order does not cover this. Nothing was moved."


class StandingOrderRunFixedError(BankError):
    code = "standing_order_run_fixed"
    status = 409
    spoken = "A standing order makes that payment, so it can't be changed by itself. You can cancel it."


class StandingOrderOverError(BankError):
    """The calendar has no day of it."""

    code = "standing_order_over"
    status = 422
    spoken = "There is no such day to come. On which day should I pay?"


class StandingOrderDateError(BankError):
    code = "standing_order_date_invalid"
    status = 422
    spoken = "I can't use that day. On which day should I pay?"


class StandingOrderRuleError(BankError):
    code = "standing_order_rule_invalid"
    status = 422
    spoken = "I can't repeat it like that. How often should I pay?"


class TooManyStandingOrdersError(BankError):
    code = "too_many_standing_orders"
    status = 409
    spoken = "You have as many standing orders as there can be. Please cancel one first."


class StandingOrdersLockedError(BankError):
    """Several failed by wrong codes within a day: a new one would only be five more guesses."""

    code = "standing_orders_locked"
    status = 403
    spoken = "There were too many wrong codes today. You can set up a standing order again tomorrow."
