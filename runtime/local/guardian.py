"""Waits for its parent to be gone, then ends everything that carries the parent's mark."""

from __future__ import annotations

import asyncio
import sys

from runtime.local import sweep

GRACE_S = 3.0


def main() -> None:
    """The mark is the only argument; the parent holds the other end of standard input."""
    sys.stdin.buffer.read()
    asyncio.run(sweep.end(sweep.marked(sweep.RUN_MARK, sys.argv[1]), GRACE_S))


if __name__ == "__main__":
    main()
