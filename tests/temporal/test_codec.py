"""What Temporal stores cannot be read without a key of the ring, nor changed."""

import os

import pytest
from temporalio.api.common.v1 import Payload

from adapters.temporal.codec import ENCODING, EncryptionCodec, PayloadUnreadableError

KEYS = {"old": os.urandom(32), "new": os.urandom(32)}
SECRET = b"Sarah Chen, 25.00 USD"
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=SECRET)


async def test_a_payload_comes_back_as_it_was() -> None:
    codec = EncryptionCodec(KEYS, "new")
    [sealed] = await codec.encode([PLAIN])
    assert sealed.metadata["encoding"] == ENCODING
    assert SECRET not in sealed.SerializeToString()
    assert await codec.decode([sealed]) == [PLAIN]


async def test_the_same_payload_is_sealed_differently_each_time() -> None:
    codec = EncryptionCodec(KEYS, "new")
    first, second = await codec.encode([PLAIN, PLAIN])
    assert first.data != second.data


async def test_an_older_key_still_opens_what_it_sealed() -> None:
    sealed = await EncryptionCodec(KEYS, "old").encode([PLAIN])
    assert await EncryptionCodec(KEYS, "new").decode(sealed) == [PLAIN]


async def test_a_key_that_was_taken_out_of_the_ring_opens_nothing() -> None:
    sealed = await EncryptionCodec(KEYS, "old").encode([PLAIN])
    with pytest.raises(PayloadUnreadableError):
        await EncryptionCodec({"new": KEYS["new"]}, "new").decode(sealed)


@pytest.mark.parametrize("place", [0, 11, 12, -1])
async def test_a_changed_byte_is_noticed(place: int) -> None:
    codec = EncryptionCodec(KEYS, "new")
    [sealed] = await codec.encode([PLAIN])
    data = bytearray(sealed.data)
    data[place] ^= 1
    with pytest.raises(PayloadUnreadableError):
        await codec.decode([Payload(metadata=sealed.metadata, data=bytes(data))])


async def test_a_payload_cannot_be_passed_off_under_another_key_s_name() -> None:
    codec = EncryptionCodec(KEYS, "new")
    [sealed] = await codec.encode([PLAIN])
    renamed = Payload(metadata={**sealed.metadata, "encryption-key-id": b"old"}, data=sealed.data)
    with pytest.raises(PayloadUnreadableError):
        await codec.decode([renamed])


async def test_the_words_that_a_workflow_shows_of_itself_stay_readable() -> None:
    shown = Payload(
        metadata={"encoding": b"json/protobuf", "messageType": b"temporal.api.sdk.v1.WorkflowMetadata"},
        data=b'{"currentDetails":"Waiting for the one-time code."}',
    )
    assert await EncryptionCodec(KEYS, "new").encode([shown]) == [shown]
