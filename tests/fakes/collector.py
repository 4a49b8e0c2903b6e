"""A collector of traces and counts that speaks OTLP over HTTP, with protobuf bodies, on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.serving import serving

IDS_AND_TIMES = ("trace_id", "span_id", "parent_span_id", "flags", "start_time_unix_nano", "end_time_unix_nano")


@dataclass(frozen=True)
class Seen:
    """One span, the process that it came from, and all that it says."""

    service: str
    span: Span

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def trace(self) -> str:
        return self.span.trace_id.hex()

    @property
    def own_id(self) -> str:
        return self.span.span_id.hex()

    @property
    def parent_id(self) -> str:
        return self.span.parent_span_id.hex()

    @property
    def attributes(self) -> dict[str, str]:
        return {each.key: next(iter(MessageToDict(each.value).values()), "") for each in self.span.attributes}

    @property
    def words(self) -> list[str]:
        """All that it tells beside its ids and times: names, keys, values and status."""
        span = Span()
        span.CopyFrom(self.span)
        for part in (span, *span.links):
            for number in (
                "trace_id",
                "span_id",
                "parent_span_id",
                "flags",
                "start_time_unix_nano",
                "end_time_unix_nano",
            ):
                if number in part.DESCRIPTOR.fields_by_name:
                    part.ClearField(number)
        for event in span.events:
            event.ClearField("time_unix_nano")
        return [self.service, str(MessageToDict(span))]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Trace and span of everything that it is linked to."""
        return [(link.trace_id.hex(), link.span_id.hex()) for link in self.span.links]


@dataclass
class Collector:
    """What arrived, in the order in which it came."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list[Seen])
    counts: dict[tuple[str, ...], int] = field(default_factory=dict[tuple[str, ...], int])
    """By service, name and attributes' values, these in the order of their keys: the last sum."""

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for of_resource in request.resource_spans:
            about = {each.key: each.value.string_value for each in of_resource.resource.attributes}
            for of_scope in of_resource.scope_spans:
                self.spans += [Seen(about["service.name"], span) for span in of_scope.spans]

    def count(self, body: bytes) -> None:
        for of_resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            about = {each.key: each.value.string_value for each in of_resource.resource.attributes}
            for metric in (each for scope in of_resource.scope_metrics for each in scope.metrics):
                for point in metric.sum.data_points:
                    told = sorted((each.key, each.value.string_value) for each in point.attributes)
                    self.counts[about["service.name"], metric.name, *(value for _, value in told)] = point.as_int


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector at an address of its own while the block runs."""
    collector = Collector()
    app = FastAPI()

    @app.post("/v1/traces")
    async def traces(request: Request) -> Response:
        assert request.headers["content-type"] == "application/x-protobuf"
        collector.take(await request.body())
        return Response(ExportTraceServiceResponse().SerializeToString(), media_type="application/x-protobuf")

    @app.post("/v1/metrics")
    async def counts(request: Request) -> Response:
        collector.count(await request.body())
        return Response(ExportMetricsServiceResponse().SerializeToString(), media_type="application/x-protobuf")

    with serving(app) as url:
        collector.url = url
        yield collector
