"""Every dialogue there is. A new one is a module here and a line in this list; `domain/dialogue/graph.py` says how."""

from __future__ import annotations

from typing import Final

from domain.dialogue.checks import check
from domain.dialogue.graphs.alerts import ALERTS
from domain.dialogue.graphs.home import HOME
from domain.dialogue.graphs.identity import IDENTITY
from domain.dialogue.graphs.inquiries import INQUIRIES
from domain.dialogue.graphs.mandate import MANDATE
from domain.dialogue.graphs.order import ORDER
from domain.dialogue.graphs.orders import ORDERS
from domain.dialogue.graphs.payment import PAYMENT
from domain.dialogue.graphs.questions import QUESTIONS
from domain.dialogue.house import House

HOUSE: Final = House((HOME, PAYMENT, MANDATE, ORDER, ORDERS, INQUIRIES, IDENTITY, ALERTS, QUESTIONS))
check(HOUSE)
