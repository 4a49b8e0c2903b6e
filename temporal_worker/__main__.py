"""`python -m temporal_worker`."""

from __future__ import annotations

import asyncio

from runtime.loading import loading


def main() -> None:
    """Poll until SIGTERM or SIGINT."""
    with loading():
        from runtime.settings import settings
        from runtime.telemetry import setup
        from temporal_worker.run import serve

        setup("temporal_worker")
    asyncio.run(serve(settings()))


if __name__ == "__main__":
    main()
