"""`python -m temporal_worker`."""

from __future__ import annotations

import asyncio

from runtime.settings import settings
from runtime.telemetry import setup
from temporal_worker.run import serve

if __name__ == "__main__":
    setup("temporal_worker")
    asyncio.run(serve(settings()))
