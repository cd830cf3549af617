"""The walls of a systemd unit, put up without systemd: `python walls.py ALLOWED PROGRAM…` runs a program inside them.

No memory may become code (MemoryDenyWriteExecute), no privilege is gained (NoNewPrivileges), and every system call but
the allowed ones (SystemCallFilter), named in a file, one in a line, fails with EPERM.
"""

import ctypes
import ctypes.util
import errno
import os
import sys
from pathlib import Path

CANNOT = 9
"""The exit status where this machine cannot put them up."""
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 38, 65, 1
SCMP_ACT_ALLOW, SCMP_ACT_EPERM = 0x7FFF0000, 0x00050000 | errno.EPERM


def shut(allowed: list[str]) -> bool:
    """Put them up around this process, for good; whether that could be done."""
    libc, name = ctypes.CDLL(None), ctypes.util.find_library("seccomp")
    if name is None or libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0):
        return False
    seccomp = ctypes.CDLL(name)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(SCMP_ACT_EPERM))
    for call in allowed:
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # Negative: this architecture has none of that name.
            seccomp.seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0)
    return not libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) and not seccomp.seccomp_load(context)


if __name__ == "__main__":
    if not shut(Path(sys.argv[1]).read_text(encoding="utf-8").split()):
        sys.exit(CANNOT)
    os.execv(sys.argv[2], sys.argv[2:])
