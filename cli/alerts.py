"""A user's alerts and reminders in a terminal."""

from __future__ import annotations

from cli.accounts import AsJson, User
from cli.client import line, signed_in
from cli.console import out


def alerts(user: User, *, as_json: AsJson = False) -> None:
    """A user's alerts and reminders, oldest first, and their quiet hours."""
    with signed_in(user, as_json=as_json) as bank:
        found = bank.get("/api/alerts")
    if as_json:
        line(found)
        return
    for each in found["alerts"]:
        about = each["words"] or f"lacks {', '.join(each['missing'])}"
        out.print(f"{each['state']}  {about}", highlight=False, markup=False, soft_wrap=True)
        last = f", last {each['last_fired_at'][:16].replace('T', ' ')}" if each["fired"] else ""
        out.print(
            f"  {each['alert_id']}  told {each['fired']} {'time' if each['fired'] == 1 else 'times'}{last}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if not found["alerts"]:
        out.print("No alerts.")
    quiet = found["choices"]
    if quiet["quiet_from"]:
        out.print(f"Quiet from {quiet['quiet_from']} to {quiet['quiet_to']} ({quiet['zone']}).", highlight=False)
