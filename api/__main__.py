"""`python -m api`: the bank's front door over HTTP."""

from __future__ import annotations

import uvicorn

from runtime.loading import loading


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    with loading():
        from adapters.crash_points import look_in
        from api.app import application
        from api.compose import services
        from runtime.settings import settings
        from runtime.telemetry import setup

        setup("api")
        chosen = settings()
        look_in(chosen.crash_dir)
        app = application(chosen, services(chosen))
    uvicorn.run(
        app,
        host=chosen.api_host,
        port=chosen.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(chosen.trusted_proxies),  # else anybody could choose the address that they are counted by
        forwarded_allow_ips=chosen.trusted_proxies or None,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
