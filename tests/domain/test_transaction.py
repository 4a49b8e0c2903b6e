from dataclasses import fields, replace

import pytest

from domain.transaction import Transaction, transaction_hash

PAID = Transaction("p-1", 2500, "USD", "acc_maya_checking", "acc_chen", "Sarah Chen")


@pytest.mark.parametrize("field", [field.name for field in fields(Transaction)])
def test_any_changed_field_changes_the_hash(field: str) -> None:
    value = getattr(PAID, field)
    other = value + 1 if isinstance(value, int) else f"{value}x"
    assert transaction_hash(replace(PAID, **{field: other})) != transaction_hash(PAID)


def test_fields_cannot_be_moved_into_each_other() -> None:
    moved = replace(PAID, payer_account="acc_maya_checkingacc", payee_account="_chen")
    assert transaction_hash(moved) != transaction_hash(PAID)


def test_the_hash_is_stable_over_time() -> None:
    """A stored approval must still fit after an upgrade: this value may only change with a new version field."""
    assert transaction_hash(PAID) == "fe579d67328995729bdfd8c3e722b4381bf8a3fc0218a9cdf80ecb02acb2a18e"
