"""The first thing a child runs: tie its life to its parent's, shed root where a server refuses it, become the server.

Standard library only, run by path with `python -I -S`, so that it costs some milliseconds. Arguments: the parent's
process id, the signal to get when the parent dies, `keep` or `shed` for root, and the command.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
UNPRIVILEGED = "nobody"


def main(arguments: list[str]) -> None:
    """Never returns: becomes the command."""
    parent, signal_number, root, *command = arguments
    if root == "shed" and os.geteuid() == 0:
        command = _without_root(command, int(signal_number))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_number))
    if os.getppid() != int(parent):  # it died before the line above: nobody will send the signal
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - a list, no shell


def _without_root(command: list[str], signal_number: int) -> list[str]:
    """A user namespace in which we are nobody needs no change of owners or modes; some containers forbid it."""
    user, data = pwd.getpwnam(UNPRIVILEGED), os.environ.get("COUNTERSIGN_DATA", "")
    _give(data, os.geteuid(), os.getegid())  # of another user's earlier run, or of the other way below
    if sys.platform == "linux" and ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user.pw_uid} 0 1")
        Path("/proc/self/gid_map").write_text(f"{user.pw_gid} 0 1")
        return command
    _give(data, user.pw_uid, user.pw_gid)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        sys.exit(
            "PostgreSQL refuses to run as root, and neither user namespaces nor setpriv are there: use another user"
        )
    # dac_override: the checkout may lie below a home that only root may enter
    return [
        setpriv,
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        f"--pdeathsig={signal.Signals(signal_number).name.removeprefix('SIG')}",
        *command,
    ]


def _give(folder: str, user_id: int, group_id: int) -> None:
    if not folder or not Path(folder).exists() or Path(folder).stat().st_uid == user_id:
        return
    for place, _, files in os.walk(folder):
        for path in (place, *(f"{place}/{name}" for name in files)):
            os.chown(path, user_id, group_id)


if __name__ == "__main__":
    main(sys.argv[1:])
