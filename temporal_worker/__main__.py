"""`python -m temporal_worker`."""

from __future__ import annotations

import asyncio

from runtime.loading import loading


def main() -> None:
    """Poll until SIGTERM or SIGINT."""
    with loading():
        from adapters.crash_points import look_in
        from runtime.settings import settings
        from runtime.telemetry import setup
        from temporal_worker.run import serve

        setup("temporal_worker")
        chosen = settings()
        look_in(chosen.crash_dir)
    asyncio.run(serve(chosen))


if __name__ == "__main__":
    main()
