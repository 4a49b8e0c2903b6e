"""Customers before they come in: accounts, payees, and what their days are like."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psycopg

from tests.crashes.moments import Case, Kind


def move_in(owner: psycopg.Connection, case: Case) -> None:
    """A customer of the case's own, with money, two payees of long standing and one that is new."""
    user = f"user_{case.who}"
    about = {"u": user, "n": case.who, "p": "mobile" if case.kind is Kind.MOBILE else "web", "t": phone_of(case)}
    owner.execute(
        """INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email,
               password_hash)
           SELECT %(u)s, %(n)s, 'Cleo Customer', 'customer', tenant_id, %(n)s, %(p)s, %(t)s, '', password_hash
           FROM users WHERE username = 'maya'""",
        about,
    )
    for kind, minor in (("checking", 500_00), ("savings", 9_000_00)):
        account = f"{user}-{kind}"
        owner.execute(
            "INSERT INTO accounts (account_id, user_id, kind, name, currency) VALUES (%s, %s, %s, %s, 'USD')",
            [account, user, kind, kind.title()],
        )
        owner.execute("SELECT book(%s, 'bank_equity', %s, %s, '', now())", [f"opening-{account}", account, minor])
    owner.execute(
        """INSERT INTO payees (payee_id, user_id, name, account_id, created_at)
           SELECT %(u)s || '-' || account_id, %(u)s, name, account_id, now() - age
           FROM (VALUES ('Sarah Chen', 'acct_sarah_chen', interval '9 days'),
                        ('City Power', 'acct_city_power', interval '9 days'),
                        ('Harvest Books', 'acct_out_harvest_books', interval '9 days'),
                        ('Lakeside Dental', 'acct_out_lakeside_dental', interval '9 days'),
                        ('Silent Books', 'acct_out_silent_books', interval '9 days'),
                        ('New Person', 'acct_john_doe', interval '0')) payee (name, account_id, age)""",
        about,
    )
    owner.execute("INSERT INTO alert_choices (user_id, zone) VALUES (%s, %s)", [user, where_it_is_noon().key])


def where_it_is_noon() -> ZoneInfo:
    """No day ends there soon, and what is due today was so in the morning."""
    east = 12 - datetime.now(UTC).hour
    return ZoneInfo(f"Etc/GMT{-east:+d}")


def phone_of(case: Case) -> str:
    return f"+1555{int(case.who[1:]):07d}"
