"""What activities, and the edges beside them, need from the outside world. Adapters implement these."""

from __future__ import annotations

from activities.ports.alerts import (
    AlertStore,
    Calendar,
)
from activities.ports.approvals import (
    ApprovalStore,
    Settlement,
)
from activities.ports.inquiries import (
    Inquiries,
)
from activities.ports.money import (
    Coverage,
    Directory,
    Ledger,
    MandateStore,
)
from activities.ports.questions import (
    Attempts,
    Delivered,
    ElicitationRow,
    Elicitations,
    Message,
    Messenger,
    OneTimeCodes,
    ProofClaims,
    ProofVerifier,
)
from activities.ports.standing_orders import (
    Days,
    RunRow,
    StandingOrderStore,
    StandingRow,
)
from activities.ports.talking import (
    Announcer,
    Outcomes,
    Rooms,
    Sessions,
    ToolCall,
    Tools,
)
from activities.ports.verifications import VerificationStore

__all__ = [
    "AlertStore",
    "Announcer",
    "ApprovalStore",
    "Attempts",
    "Calendar",
    "Coverage",
    "Days",
    "Delivered",
    "Directory",
    "ElicitationRow",
    "Elicitations",
    "Inquiries",
    "Ledger",
    "MandateStore",
    "Message",
    "Messenger",
    "OneTimeCodes",
    "Outcomes",
    "ProofClaims",
    "ProofVerifier",
    "Rooms",
    "RunRow",
    "Sessions",
    "Settlement",
    "StandingOrderStore",
    "StandingRow",
    "ToolCall",
    "Tools",
    "VerificationStore",
]
