"""What the api works with: made once at start, handed to every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from adapters.alert_desk import AlertDesk
    from adapters.answer_desk import AnswerDesk
    from adapters.approval_desk import ApprovalDesk
    from adapters.edge.idempotency import Idempotency
    from adapters.handover_desk import HandoverDesk
    from adapters.mandate_desk import MandateDesk
    from adapters.passkey_desk import PasskeyDesk
    from adapters.passwords import Passwords
    from adapters.payee_desk import PayeeDesk
    from adapters.postgres.directory import PgDirectory
    from adapters.postgres.elicitations import PgElicitations
    from adapters.postgres.grants import PgGrants
    from adapters.postgres.outbox import PgOutbox
    from adapters.postgres.payments import PgPayments
    from adapters.postgres.recovery import PgRecovery
    from adapters.postgres.second_factors import PgSecondFactors
    from adapters.postgres.sessions import PgSessions
    from adapters.postgres.sign_ins import PgSignIns
    from adapters.postgres.users import PgUsers
    from adapters.rail_desk import RailDesk
    from adapters.recovery_codes import RecoveryCodes
    from adapters.redis.feed import EventFeed
    from adapters.sealing import Sealer
    from adapters.standing_order_desk import StandingOrderDesk
    from adapters.temporal.codec import EncryptionCodec
    from adapters.temporal.gateways import ConversationGateway, ElicitationGateway, PaymentGateway
    from adapters.throttle import GuessThrottle
    from adapters.tokens import AccessTokens, GrantTokens, PageTokens, ServiceTokenVerifier
    from adapters.totp import TotpCodes
    from api.hanging_up import HangingUp
    from api.rooms import RoomTickets
    from api.text_door import TextDoor
    from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Ports and gateways; nothing here remembers a request."""

    settings: Settings
    access: AccessTokens
    grant_tokens: GrantTokens
    page_tokens: PageTokens
    grants: PgGrants
    client_seal: Sealer
    service_tokens: ServiceTokenVerifier
    passwords: Passwords
    throttle: GuessThrottle
    totp: TotpCodes
    passkeys: PasskeyDesk
    users: PgUsers
    sign_ins: PgSignIns
    second_factors: PgSecondFactors
    recovery: PgRecovery
    recovery_codes: RecoveryCodes
    directory: PgDirectory
    sessions: PgSessions
    payments: PgPayments
    elicitations: PgElicitations
    outbox: PgOutbox
    desk: AnswerDesk
    idempotency: Idempotency
    approvals: ApprovalDesk
    handovers: HandoverDesk
    mandates: MandateDesk
    standing_orders: StandingOrderDesk
    alerts: AlertDesk
    rail: RailDesk
    payees: PayeeDesk
    conversation_gateway: ConversationGateway
    payment_gateway: PaymentGateway
    elicitation_gateway: ElicitationGateway
    text_door: TextDoor
    tickets: RoomTickets
    hanging_up: HangingUp
    feed: EventFeed
    codec: EncryptionCodec
    sms_sink: httpx.AsyncClient
    ready: Callable[[], Awaitable[bool]]
