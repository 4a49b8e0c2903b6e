"""Connects to Temporal: encrypted payloads and failures, traces, and time-outs that a caller can live with."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.service import RetryConfig, RPCError

from adapters.temporal.codec import EncryptionCodec
from adapters.temporal.traces import elicitation_traces
from domain.errors import UnavailableError


def converter(keys_file: Path) -> DataConverter:
    """The data converter of every client and worker: what leaves the process is encrypted, failures too."""
    return dataclasses.replace(
        DataConverter.default,
        payload_codec=EncryptionCodec.from_file(keys_file),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(address: str, namespace: str, keys_file: Path, *, lazy: bool = False) -> Client:
    """A client. Unless `lazy`, raises UnavailableError where the server does not answer."""
    try:
        return await Client.connect(
            address,
            namespace=namespace,
            data_converter=converter(keys_file),
            plugins=[OpenTelemetryPlugin(add_temporal_spans=True), elicitation_traces()],
            retry_config=RetryConfig(max_elapsed_time_millis=4000, max_interval_millis=500),
            lazy=lazy,
        )
    except (RuntimeError, RPCError) as error:
        raise UnavailableError("Temporal does not answer") from error


async def connect_to_read(address: str, namespace: str) -> Client:
    """A client that knows no keys: it sees ids, states and search attributes. Raises UnavailableError."""
    try:
        return await Client.connect(address, namespace=namespace)
    except (RuntimeError, RPCError) as error:
        raise UnavailableError("Temporal does not answer") from error
