"""Alerts and reminders."""

from __future__ import annotations

from domain.errors.base import BankError


class AlertNotFoundError(BankError):
    code = "alert_not_found"
    status = 404
    spoken = "I can't find that alert."


class AlertClosedError(BankError):
    """It was deleted."""

    code = "alert_closed"
    status = 409
    spoken = "That alert was deleted already."


class AlertStateError(BankError):
    """A draft can neither be paused nor resumed."""

    code = "alert_incomplete"
    status = 409
    spoken = "That alert isn't set up yet."


class AlertKindUnknownError(BankError):
    code = "alert_kind_unknown"
    status = 422
    spoken = "I can watch for a low balance, a large transaction, a payment due or a deposit, or remind you. Which one?"


class AlertKindFixedError(BankError):
    """What an alert watches for stays; the rest of it can be changed."""

    code = "alert_kind_fixed"
    status = 409
    spoken = "That would be another alert. Please set up a new one, and delete the old one."


class AlertDateError(BankError):
    code = "alert_date_invalid"
    status = 422
    spoken = "That day can't be right. On which day should I tell you?"


class AlertTimeError(BankError):
    code = "alert_time_invalid"
    status = 422
    spoken = "I'm not sure of the time. Please say it like nine in the morning, or half past six in the evening."


class AlertRuleError(BankError):
    """An RRULE that RFC 5545 does not know, that comes round more often than daily, or never."""

    code = "alert_rule_invalid"
    status = 422
    spoken = "I'm not sure how often. Please say it like every Monday, or on the first of each month."


class AlertOverError(BankError):
    """The calendar has nothing left of it."""

    code = "alert_over"
    status = 422
    spoken = "That time is already over. When should I remind you?"


class TooManyAlertsError(BankError):
    code = "too_many_alerts"
    status = 409
    spoken = "You have as many alerts as there can be. Please delete one first."


class ZoneUnknownError(BankError):
    code = "zone_unknown"
    status = 422
    spoken = "I don't know that time zone."
