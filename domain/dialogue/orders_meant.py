"""Which standing order a customer means, by name, by place, or as the one spoken of last; or whether an alert."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.dialogue import orders_told
from domain.dialogue.graph import Event
from domain.dialogue.graphs import HOUSE
from domain.dialogue.moves import FindAlert, FindEither, FindOrder
from domain.dialogue.ordering import EITHER
from domain.dialogue.state import Asked, Dialogue, Ordering, Topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.dialogue.orders_told import Found

NEITHER: Final = "You have no standing orders and no alerts."
_FROM: Final = {"pause": "ACTIVE", "resume": "PAUSED"}
_OF_ALERTS: Final = {"cancel": "delete"}
_DRAFT: Final = "DRAFT"


def listed(dialogue: Dialogue, found: Found) -> tuple[Dialogue, str]:
    """All of them are told; the only one is the one spoken of."""
    ids, text = _ids(orders_told.standing(found)), orders_told.told_of(found)
    return replace(dialogue, ordering=Ordering(_only(ids), text, ids)), text


def meant(dialogue: Dialogue, found: Found, wanted: FindOrder) -> tuple[Dialogue, str, str]:
    """The order to do it with, by id; or what to say, and the memory of having asked."""
    fitting = _fitting(dialogue, orders_told.standing(found), wanted)
    if not fitting:
        return replace(dialogue, ordering=None), "", wanted.unfound or orders_told.none_fits(wanted.payee)
    if len(fitting) > 1:
        text = orders_told.which(fitting)
        asks = Ordering(told=text, listed=_ids(fitting), action=wanted.action, changes=dict(wanted.changes))
        return _asking(replace(dialogue, ordering=asks)), "", text
    order_id = str(fitting[0]["order_id"])
    exact = wanted.amount in {"", fitting[0]["amount"]}
    if wanted.action != "cancel" or (wanted.sure and wanted.payee and exact):
        return replace(dialogue, ordering=Ordering(order_id)), order_id, ""
    text = orders_told.shall_i_cancel(fitting[0])
    asking = replace(dialogue, asked=Asked.REVOKE, stopping=order_id, ordering=Ordering(order_id, text))
    return asking, "", text


def stepped(dialogue: Dialogue, action: str, found: Found) -> tuple[Dialogue, str]:
    """What was done, said back; it is the one spoken of from here on."""
    text = orders_told.stepped(action, found)
    return spoken_of(dialogue, str(found["standing_orders"][0]["order_id"]), text), text


def spoken_of(dialogue: Dialogue, order_id: str, text: str) -> Dialogue:
    """The same memory, having just said this of that order."""
    return replace(dialogue, ordering=Ordering(order_id, text), topic=Topic.ORDER)


def either(
    dialogue: Dialogue, orders: Found, alerts: Found, wanted: FindEither
) -> tuple[Dialogue, FindOrder | FindAlert | None, str]:
    """Whichever there is; where there are both, it is asked."""
    mine = orders_told.standing(orders)
    others = [each for each in alerts.get("alerts", []) if each["state"] != _DRAFT]
    able, able_others = _able(mine, wanted.action), _able(others, wanted.action)
    if not able and not able_others:
        able, able_others = mine, others
    if able and able_others:
        asks = Ordering(told=EITHER, action=wanted.action, either=True)
        return _asking(replace(dialogue, ordering=asks)), None, EITHER
    free = replace(HOUSE.told(dialogue, "orders", Event.ENDED), ordering=None)
    if able:
        return replace(free, topic=Topic.ORDER), FindOrder(wanted.action, sure=wanted.sure), ""
    if able_others:
        action = _OF_ALERTS.get(wanted.action, wanted.action)
        return replace(free, topic=Topic.ALERT), FindAlert(action, {}, sure=wanted.sure or action != "delete"), ""
    return free, None, NEITHER


def _fitting(dialogue: Dialogue, standing: Sequence[Found], wanted: FindOrder) -> Sequence[Found]:
    now = dialogue.ordering or Ordering()
    by_id = {str(each["order_id"]): each for each in standing}
    told = [by_id[each] for each in now.listed if each in by_id] if now.listed else standing
    if wanted.which:
        return _at(told, wanted.which)
    if wanted.it and now.order_id in by_id:
        return [by_id[now.order_id]]
    among = told if now.action else standing
    named = [each for each in among if wanted.payee in {"", each["payee"]}]
    said = [each for each in named if wanted.amount == each["amount"]] or named
    return _able(said, wanted.action) or said if len(said) > 1 else said


def _at(told: Sequence[Found], which: str) -> Sequence[Found]:
    place = int(which) if which.lstrip("-").isdigit() else 0
    return [told[place - 1 if place > 0 else place]] if place and abs(place) <= len(told) else []


def _able(among: Sequence[Found], action: str) -> Sequence[Found]:
    """Those with which there is something to do."""
    return [each for each in among if each["state"] == _FROM.get(action, each["state"])]


def _asking(dialogue: Dialogue) -> Dialogue:
    """Not in the place of a question about money that waits: then it is named in a sentence of its own."""
    if dialogue.active is not None or dialogue.draft is not None:
        return dialogue
    return HOUSE.told(dialogue, "orders", Event.LACKS)


def _ids(among: Sequence[Found]) -> tuple[str, ...]:
    return tuple(str(each["order_id"]) for each in among)


def _only(ids: tuple[str, ...]) -> str:
    return ids[0] if len(ids) == 1 else ""
