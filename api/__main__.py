"""`python -m api`: the bank's front door over HTTP."""

from __future__ import annotations

import uvicorn

from api.app import application
from api.compose import services
from runtime.settings import settings
from runtime.telemetry import setup

if __name__ == "__main__":
    setup("api")
    chosen = settings()
    uvicorn.run(
        application(chosen, services(chosen)),
        host=chosen.api_host,
        port=chosen.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
