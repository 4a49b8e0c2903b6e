"""Role by statement: what each process may do in the database. Whatever is not in the table is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from tests.bank import found_bank

if TYPE_CHECKING:
    from tests.conftest import Database

pytestmark = pytest.mark.servers

NOBODY: Final = frozenset[str]()
WORKER, API, MCP, AUDIT = (frozenset({name}) for name in ("worker", "api", "mcp", "audit"))
SESSION: Final = "INSERT INTO sessions (session_id, user_id, channel, platform) VALUES ('s9', 'u1', 'text', 'web')"
PEOPLE: Final = (
    "SELECT user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email FROM users"
)
MAY: Final[dict[str, frozenset[str]]] = {
    # money
    "SELECT open_payment('{}', 'd')": WORKER,
    "SELECT hold_payment('p', 1)": WORKER,
    "SELECT post_payment('p', 1)": WORKER,
    "SELECT revise_payment('{}', '', '')": WORKER,
    "SELECT void_payment('p', 'CANCELLED', '')": WORKER,
    "SELECT set_payment_state('p', 'SCREENING', '')": WORKER,
    "SELECT book('k', 'a1', 'shop', 1, 'x', now())": NOBODY,
    "SELECT account_id, amount_minor FROM holds WHERE state = 'held'": WORKER | AUDIT,
    "SELECT balance_minor FROM accounts_shown": WORKER,
    "SELECT * FROM account_parts": AUDIT,
    "UPDATE account_parts SET balance_minor = 0": NOBODY,
    # payees of other banks
    "SELECT * FROM intend_rail('p', 1)": WORKER,
    "SELECT retry_rail('p-1', 3)": WORKER,
    "SELECT note_rail('p-1', '{}', 'bank')": WORKER,
    "SELECT return_payment('p-1')": WORKER,
    "SELECT take_rail_event('e', 'd', 'p-1', '{}')": API,
    "SELECT note_webhook_refused('c', '{}')": API,
    "SELECT * FROM rail_payments": WORKER | AUDIT,
    "SELECT * FROM creditors": WORKER | AUDIT,
    "SELECT * FROM rail_events": NOBODY,
    "UPDATE rail_payments SET status = 'settled'": NOBODY,
    "DELETE FROM rail_events": NOBODY,
    # standing mandates
    "SELECT open_mandate('{}', 'd', 20)": WORKER,
    "SELECT activate_mandate('m')": WORKER,
    "SELECT end_mandate('m', 'FAILED', '')": WORKER,
    "SELECT revise_payment_under('{}', '', '')": WORKER,
    "SELECT revoke_mandate('m', 'u1')": API | MCP,
    "SELECT * FROM mandates": WORKER | AUDIT,
    "SELECT mandate_id FROM mandates WHERE state = 'REVOKED' AND closed_at IS NULL AND ended_at < now()": WORKER
    | API
    | AUDIT,
    "SELECT * FROM mandates_shown": WORKER | API | MCP,
    "SELECT amount_minor FROM mandate_uses WHERE mandate_id = 'm' AND period_began < now()": WORKER | AUDIT,
    "SELECT * FROM mandate_uses": AUDIT,
    "UPDATE mandates SET state = 'ACTIVE'": NOBODY,
    "DELETE FROM mandate_uses": NOBODY,
    # standing orders
    "SELECT plan_standing_order('{}', 'd', 50)": WORKER,
    "SELECT sign_standing_order('o', 1)": WORKER,
    "SELECT drop_standing_terms('o', 1, 'FAILED', '')": WORKER,
    "SELECT step_standing_order('o', 'u1', 'pause')": WORKER | API | MCP,
    "SELECT open_run('{}', 'd', 'o', '2026-12-01')": WORKER,
    "SELECT settle_run('o', '2026-12-01', 'SKIPPED', '', '', '', now())": WORKER,
    "SELECT heed_standing_order('o', 0, '{}')": WORKER,
    "SELECT finish_standing_order('o')": WORKER,
    "SELECT insert_standing_terms('{}', 'd')": NOBODY,
    "SELECT * FROM standing_orders": WORKER,
    "SELECT run_key FROM standing_orders": WORKER,
    "SELECT order_id FROM standing_orders WHERE step > heard AND stepped_at < now()": WORKER | API,
    "SELECT order_id, user_id, version, state FROM standing_orders": WORKER | AUDIT,
    "SELECT * FROM standing_order_terms": WORKER | AUDIT,
    "SELECT order_id FROM standing_order_terms WHERE outcome = ''": WORKER | API | MCP | AUDIT,
    "SELECT * FROM standing_order_runs": WORKER | AUDIT,
    "SELECT * FROM standing_orders_shown": WORKER | API | MCP,
    "SELECT * FROM standing_order_runs_shown": API | MCP,
    "UPDATE standing_orders SET state = 'ACTIVE'": NOBODY,
    "UPDATE standing_order_runs SET state = 'PAID'": NOBODY,
    # alerts
    "SELECT open_alert('{}', 'd', 50)": WORKER,
    "SELECT save_alert('a', 1, 'ACTIVE', '{}')": WORKER,
    "SELECT fire_alert('a', 'k', 'x', '{}', now(), now(), now())": WORKER,
    "SELECT release_firings('{}', 'x', 'sms')": WORKER,
    "SELECT * FROM take_alert_messages(1)": WORKER,
    "SELECT note_alert_message(1)": WORKER,
    "SELECT * FROM take_postings(1, 1)": WORKER,
    "SELECT note_postings(0)": WORKER,
    "SELECT take_alert_news('u1', 's')": WORKER,
    "SELECT mark_alerts_told('{}', 's')": WORKER,
    "SELECT open_conversations('u1')": WORKER,
    "SELECT choose_alerts('u1', NULL, NULL, 'UTC', NULL)": API | MCP,
    "SELECT * FROM alerts_shown": WORKER | API | MCP,
    "SELECT * FROM alert_choices": WORKER | API | MCP,
    "SELECT * FROM alerts": WORKER,
    "SELECT * FROM alert_firings": WORKER,
    "SELECT * FROM alert_messages": NOBODY,
    "SELECT * FROM alert_feed": NOBODY,
    "UPDATE alerts SET state = 'ACTIVE'": NOBODY,
    "INSERT INTO alert_firings DEFAULT VALUES": NOBODY,
    "UPDATE alert_feed SET seq = 0": NOBODY,
    # people
    "SELECT open_handover('{}')": WORKER,
    "SELECT note_tool_refused('s', 'u1', 't', 'idle')": WORKER,
    "SELECT claim_handover('c', 'u1', false)": API,
    "SELECT close_handover('c', 'u1', 'settled', '')": API,
    "SELECT * FROM handovers": API,
    "UPDATE handovers SET state = 'closed'": NOBODY,
    "DELETE FROM handovers": NOBODY,
    # questions
    "SELECT open_elicitation('{}')": WORKER,
    "SELECT next_code('e', 30, 3)": WORKER,
    "SELECT note_delivery('e', 0, 'email')": WORKER,
    "SELECT code_channel FROM users": WORKER | API,
    "SELECT close_elicitation('e', 'cancelled', '', '', '{}')": WORKER,
    "SELECT count_try('e', 5)": API,
    "SELECT give_back_try('e')": API,
    "SELECT record_answer('e', 'r', 'u1', 'accepted')": WORKER | API,
    "SELECT secret FROM elicitations": WORKER | API,
    "SELECT request FROM elicitations": WORKER | API | AUDIT,
    "SELECT user_id FROM elicitations WHERE elicitation_id = 'e'": WORKER | API | MCP | AUDIT,
    "SELECT outcome FROM answers": API,
    "SELECT note_refused_answer('e', 'u1', 'c', 'r')": API,
    # recovery codes, and what is told of them
    "SELECT make_recovery_codes('u1', '{}')": API,
    "SELECT use_recovery_code('u1', '{}')": API,
    "SELECT choose_code_channel('u1', 'sms')": API,
    "SELECT made_at, used_at FROM recovery_codes WHERE user_id = 'u1'": API,
    "SELECT digest FROM recovery_codes": NOBODY,
    "DELETE FROM recovery_codes": NOBODY,
    "UPDATE users SET code_channel = 'email'": NOBODY,
    "SELECT * FROM take_notices(1)": WORKER,
    "SELECT note_told(1)": WORKER,
    "SELECT * FROM notices": NOBODY,
    # results by key
    "SELECT claim_key('k', 'd', 'h', 1, 1)": API | MCP,
    "SELECT settle_key('k', 'h', 200, '', '')": API | MCP,
    "SELECT release_key('k', 'h')": API | MCP,
    "SELECT purge_keys(1)": API | MCP,
    "SELECT * FROM idempotency_keys": NOBODY,
    "DELETE FROM idempotency_keys": NOBODY,
    # passkeys and forms
    "SELECT * FROM passkeys": API,
    "SELECT FROM passkeys WHERE user_id = 'u1' AND revoked_at IS NULL": WORKER | API,
    "SELECT * FROM passkey_challenges": NOBODY,
    "SELECT * FROM passkey_decoy": NOBODY,
    "SELECT issue_challenge('\\x00', 'login', '', '', '', '', 0, 1)": API,
    "SELECT take_challenge('\\x00')": API,
    "SELECT enrol_passkey('k', 'u1', 'c', 'p', 0, false, false, '{}', '', 'n', 1)": API,
    "SELECT use_passkey('k', 0, false, false, 'login')": API,
    "SELECT revoke_passkey('k', 'u1')": API,
    "SELECT refuse_passkey('u1', 'u1', 'login', 'c')": API,
    "SELECT allowed_passkeys('u1')": API,
    "SELECT keep_form('e', 'r', '{}')": API,
    "SELECT * FROM form_answers": WORKER,
    # approvals
    "SELECT await_payment('p', 'COOLING_OFF', now())": WORKER,
    "SELECT open_approval('{}')": WORKER,
    "SELECT settle_approval('e', 'approved', 's', '', '', 'r', '{}')": WORKER,
    "SELECT escalate_approval('e', 'g')": WORKER,
    "SELECT take_news('u1', 's')": WORKER,
    "SELECT mark_told('p', 's')": WORKER,
    "SELECT claim_approval('e', 's', 1)": API,
    "SELECT release_approval('e', 's')": API,
    "SELECT delegate('s', 't', now())": API,
    "SELECT end_delegation(1, 's')": API,
    "SELECT note_decision('e', 's', 'c', '{}')": WORKER | API,
    "SELECT * FROM approvals_shown": WORKER | API,
    "SELECT * FROM approvals": AUDIT,
    "SELECT * FROM supervisors": WORKER | API,
    "SELECT * FROM delegations": WORKER | API,
    "SELECT user_id FROM payments WHERE payment_id = 'p'": WORKER | API | MCP | AUDIT,
    # events
    "SELECT announce('s', 'u', 'k', '{}')": WORKER,
    "SELECT sequence_outbox(1)": WORKER,
    "SELECT * FROM outbox": WORKER | API | AUDIT,
    # people and what they own
    "SELECT password_hash FROM users": API,
    "SELECT * FROM users": API,
    PEOPLE: WORKER | API,
    "SELECT * FROM accounts": WORKER | API | MCP | AUDIT,
    "SELECT * FROM entries": WORKER | API | MCP | AUDIT,
    "SELECT * FROM payees": WORKER | API,
    "SELECT * FROM payments": WORKER | API | AUDIT,
    "SELECT * FROM audit": AUDIT,
    "SELECT * FROM holds": AUDIT,
    "SELECT * FROM transfers": AUDIT,
    "SELECT * FROM notifications": NOBODY,
    # what is asked about
    "SELECT * FROM loans_shown": WORKER | MCP,
    "SELECT * FROM credit_shown": WORKER | MCP,
    "SELECT * FROM scheduled_shown": WORKER | MCP,
    "SELECT * FROM cards_shown": MCP,
    "SELECT * FROM loans": NOBODY,
    "SELECT * FROM cards": NOBODY,
    "SELECT tracking FROM card_deliveries": NOBODY,
    "UPDATE loans SET next_due = now()": NOBODY,
    "UPDATE accounts SET revision = 0": NOBODY,
    "DELETE FROM scheduled_payments": NOBODY,
    # sessions
    SESSION: API,
    "SELECT * FROM sessions": API,
    "SELECT platform FROM sessions WHERE session_id = 's' AND user_id = 'u1'": WORKER | API,
    "SELECT FROM sessions WHERE user_id = 'u1' AND ended_at IS NULL AND last_seen_at < now()": API | MCP,
    "UPDATE sessions SET last_seen_at = now() WHERE session_id = 's'": API | MCP,
    "UPDATE sessions SET ended_at = now() WHERE session_id = 's' AND ended_at IS NULL": WORKER | API,
    "UPDATE sessions SET user_id = 'u2'": NOBODY,
    "DELETE FROM sessions": NOBODY,
    # sign-ins
    "SELECT begin_sign_in('i', 'u1', 'password', '', '', 1, decode(repeat('00', 32), 'hex'))": API,
    "SELECT end_sign_ins('u1', NULL, 'revoked')": API,
    "SELECT rotate_refresh('a', 'b', NULL, 1, 1)": API,
    "SELECT note_identity('u1', 'sign_in.refused', 'u1', '{}')": API,
    "SELECT enrol_totp('u1', 's')": API,
    "SELECT try_totp('u1')": API,
    "SELECT use_totp_step('u1', 1, 's')": API,
    "SELECT switch_totp('u1', true)": API,
    "SELECT user_id, agent FROM sign_ins": API,
    "SELECT FROM sign_ins WHERE sign_in_id = 'i' AND ended_at IS NULL": API | MCP,
    "UPDATE sign_ins SET last_used_at = now()": API,
    "UPDATE sign_ins SET ended_at = NULL": NOBODY,
    "UPDATE sign_ins SET user_id = 'u2'": NOBODY,
    "UPDATE sessions SET sign_in_id = 'i'": API,
    "SELECT secret FROM totp_factors": API,
    "UPDATE totp_factors SET last_step = 0": NOBODY,
    "DELETE FROM totp_factors": NOBODY,
    "SELECT digest FROM refresh_tokens": NOBODY,
    "INSERT INTO refresh_tokens (digest, sign_in_id) VALUES ('', 'i')": NOBODY,
    "UPDATE refresh_tokens SET used_at = NULL": NOBODY,
    # more than one's own
    "CREATE TABLE mine (x int)": NOBODY,
    "CREATE TEMPORARY TABLE accounts (x int)": NOBODY,
    "ALTER TABLE entries DISABLE TRIGGER entries_immutable": NOBODY,
    "SET ROLE countersign_owner": NOBODY,
    "SET ROLE countersign_worker": WORKER,
    "SELECT pg_read_file('postgresql.conf')": NOBODY,
}


def url_of(database: Database, role: str) -> str:
    return {
        "worker": database.worker_url,
        "api": database.api_url,
        "mcp": database.mcp_url,
        "audit": database.audit_url,
    }[role]


def refused(url: str, statement: str) -> bool:
    """Refused for want of rights; an argument that makes no sense is not what is asked here."""
    with psycopg.connect(url) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
        except psycopg.errors.IntegrityError:
            return False
        finally:
            connection.rollback()
    return False


@pytest.mark.parametrize("role", ["worker", "api", "mcp", "audit"])
@pytest.mark.parametrize("statement", MAY)
def test_who_may(database: Database, owner: psycopg.Connection, role: str, statement: str) -> None:
    found_bank(owner)
    assert refused(url_of(database, role), statement) is (role not in MAY[statement])


@pytest.mark.parametrize("role", ["worker", "api", "mcp", "audit"])
@pytest.mark.parametrize(
    "table",
    [
        *("entries", "transfers", "audit", "answers", "outbox", "holds", "payments", "accounts", "users"),
        *("elicitations", "refresh_tokens", "totp_factors"),
        *("passkeys", "passkey_challenges", "form_answers"),
    ],
)
@pytest.mark.parametrize(
    "verb", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}", "INSERT INTO {0} DEFAULT VALUES"]
)
def test_no_process_writes_a_table(database: Database, role: str, table: str, verb: str) -> None:
    column = {"users": "username", "accounts": "name", "audit": "actor", "outbox": "kind", "answers": "outcome"}
    column |= {"elicitations": "state", "refresh_tokens": "used_at", "totp_factors": "last_step"}
    column |= {"passkeys": "sign_count", "passkey_challenges": "used_at", "form_answers": "filled"}
    assert refused(url_of(database, role), verb.format(table, column.get(table, "currency")))


def test_the_role_that_all_shared_has_nothing_and_cannot_sign_in(owner: psycopg.Connection) -> None:
    role = "countersign_app"
    found = owner.execute("SELECT rolcanlogin, rolpassword IS NULL FROM pg_authid WHERE rolname = %s", [role])
    assert found.fetchall() == [(False, True)]
    left = """SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = %(role)s
        UNION ALL SELECT count(*) FROM information_schema.role_routine_grants
        WHERE grantee IN (%(role)s, 'PUBLIC') AND specific_schema = 'public'"""
    assert owner.execute(left, {"role": role}).fetchall() == [(0,), (0,)]
