"""What a customer entered into a form, as it may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters.masking import Masker
from domain.elicitation import ALERT, ElicitationRequest
from domain.forms import Value, filled

_MASKER: Final = Masker()


def entered(request: ElicitationRequest, data: Mapping[str, object]) -> dict[str, Value]:
    """Checked and cleaned. Raises FormInvalidError, MaskingFailedError.

    What an alert is about is shown, spoken and sent by mail: an account's number has no place in it.
    """
    values = filled(request.fields, data)
    if request.transaction_type != ALERT:
        return values
    texts = {each.name for each in request.fields if each.type == "string" and not each.pattern}
    return {name: _MASKER.mask(str(value)).text if name in texts else value for name, value in values.items()}
