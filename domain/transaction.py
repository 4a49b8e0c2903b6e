"""The transaction that a factor is bound to (PSD2 RTS, Commission Delegated Regulation 2018/389, art. 5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the customer countersigns. `amount_minor` in minor units of `currency`; accounts by their ids."""

    payment_id: str
    amount_minor: int
    currency: str
    payer_account: str
    payee_account: str
    payee_name: str


def transaction_hash(transaction: Transaction) -> str:
    """SHA-256, hex, over the canonical JSON of all six fields: change one and no older answer fits."""
    canonical = json.dumps(asdict(transaction), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
