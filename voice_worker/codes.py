"""Six digits, however they come: in one breath, over several turns, or by keypad."""

from __future__ import annotations

from typing import Final

from domain.schemas import OTP_DIGITS

_ERASE: Final = "*"
_SUBMIT: Final = "#"


class Digits:
    """Gathers digits for one elicitation and gives them up once there are six."""

    def __init__(self) -> None:
        self._elicitation_id = ""
        self._gathered = ""

    def expect(self, elicitation_id: str) -> None:
        """Digits are for this question from now on; those for another one are dropped."""
        if elicitation_id != self._elicitation_id:
            self._elicitation_id, self._gathered = elicitation_id, ""

    def add(self, digits: str) -> str:
        """More digits. Six at once stand for themselves; more than fit begin anew. Returns the code once complete."""
        whole = digits if len(digits) >= OTP_DIGITS else self._gathered + digits
        self._gathered = whole if len(whole) <= OTP_DIGITS else digits
        return self._give_up()

    def key(self, pressed: str) -> str:
        """One key of the telephone: a digit, `*` to erase, `#` for done. Returns the code once complete."""
        if pressed == _ERASE:
            self._gathered = ""
        elif pressed.isdigit():
            return self.add(pressed)
        return self._give_up()

    def drop(self) -> None:
        """Forget what was gathered."""
        self._gathered = ""

    def _give_up(self) -> str:
        if len(self._gathered) != OTP_DIGITS:
            return ""
        code, self._gathered = self._gathered, ""
        return code
