"""A system call filter (seccomp BPF), assembled here so that no native library is needed.

It refuses what Landlock does not cover: sockets, new processes, signals to others, changes of file metadata
by path, kernel interfaces with a long history of holes. Everything else stays allowed, threads included.
Numbers and structures: Linux's ``asm/unistd.h``, ``linux/seccomp.h`` and ``linux/filter.h``.
"""

import ctypes
import errno
import os
import struct

from .linux import libc, prctl

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

_LOAD, _AND, _EQ, _GT, _GE, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x25, 0x35, 0x45, 0x06
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_NR, _ARCH = 0, 4

Instruction = tuple[int, int, int, int]
"""``struct sock_filter``: code, jump if true, jump if false, operand."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
NEWEST = 462
"""Calls numbered above this one (mseal) were not known when this list was made: they do not exist."""

# name: (x86_64, aarch64); None where an architecture lacks the call.
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "accept": (43, 202),
    "accept4": (288, 242),
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bind": (49, 200),
    "bpf": (321, 280),
    "chmod": (90, None),
    "chown": (92, None),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "connect": (42, 203),
    "delete_module": (176, 106),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "fcntl": (72, 25),
    "finit_module": (313, 273),
    "fork": (57, None),
    "fremovexattr": (199, 16),
    "fsconfig": (431, 431),
    "fsetxattr": (190, 7),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "futimesat": (261, None),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioctl": (16, 29),
    "ioperm": (173, None),
    "iopl": (172, None),
    "ioprio_set": (251, 30),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "lchown": (94, None),
    "listen": (50, 201),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "msgctl": (71, 187),
    "msgget": (68, 186),
    "msgrcv": (70, 188),
    "msgsnd": (69, 189),
    "name_to_handle_at": (303, 264),
    "open": (2, None),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "openat": (257, 56),
    "openat2": (437, 437),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "removexattr": (197, 14),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "semctl": (66, 191),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "setpgid": (109, 154),
    "setpriority": (141, 140),
    "setsid": (112, 157),
    "settimeofday": (164, 170),
    "setxattr": (188, 5),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmget": (29, 194),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "truncate": (76, 45),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "utime": (132, None),
    "utimensat": (280, 88),
    "utimes": (235, None),
    "vfork": (58, None),
    "vhangup": (153, 58),
}

_ENOSYS = ("clone3", "openat2")
"""Their flags stand in memory, which a filter cannot read; told "no such call", the C library takes the older one."""
_SPECIAL = ("clone", "fcntl", "ioctl", "open", "openat", "prctl", "prlimit64", "socketpair", "sched_setaffinity")
_TO_ITSELF = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")

_CLONE_THREAD = 0x10000
_AF_UNIX, _SOCK_STREAM = 1, 1
# F_SETOWN, F_SETSIG, F_SETOWN_EX: they make the kernel send a signal of choice to a process of choice.
_FCNTL = (8, 10, 15)
# FIOSETOWN, SIOCSPGRP (as above), TIOCSCTTY, TIOCSTI, TIOCLINUX (input for somebody else's terminal).
_IOCTL = (0x8901, 0x8902, 0x540E, 0x5412, 0x541C)
# PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ, PR_SET_TIMERSLACK, PR_SET_VMA.
_PRCTL = (3, 15, 16, 21, 23, 29, 0x53564D41)
_O_ACCMODE, _O_TRUNC = 0o3, 0o1000

_ANY_PROCESS = 0xFFFF_FFFF
"""Stands where the number of the process belongs; no process has it, and no call or argument named above."""


class _Fprog(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def _refuse(code: int = errno.EPERM) -> Instruction:
    return (_RETURN, 0, 0, 0x00050000 | code)


def _argument(index: int) -> Instruction:
    # Both architectures are little-endian: the low 32 bits come first.
    return (_LOAD, 0, 0, 16 + 8 * index)


def _only(index: int, allowed: tuple[int, ...]) -> list[Instruction]:
    body = [_argument(index)]
    for value in allowed:
        body += [(_EQ, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    return [*body, _refuse()]


def _except(index: int, refused: tuple[int, ...]) -> list[Instruction]:
    body = [_argument(index)]
    for value in refused:
        body += [(_EQ, 0, 1, value), _refuse()]
    return [*body, (_RETURN, 0, 0, _ALLOW)]


def _special(name: str, pid: int) -> list[Instruction]:
    allow = (_RETURN, 0, 0, _ALLOW)
    match name:
        case "clone":
            return [_argument(0), (_ANY_BIT, 0, 1, _CLONE_THREAD), allow, _refuse()]
        case "fcntl":
            return _except(1, _FCNTL)
        case "ioctl":
            return _except(1, _IOCTL)
        case "prctl":
            return _only(0, _PRCTL)
        case "prlimit64" | "sched_setaffinity":
            return _only(0, (0, pid))
        case "socketpair":
            # asyncio needs a connected pair of streams; a datagram socket could still be sent elsewhere.
            return [
                _argument(0),
                (_EQ, 0, 3, _AF_UNIX),
                _argument(1),
                (_AND, 0, 0, 0xF),
                (_EQ, 1, 0, _SOCK_STREAM),
                _refuse(),
                allow,
            ]
        case "open" | "openat":
            # Older Landlock lets a file that may only be read be emptied by O_RDONLY | O_TRUNC.
            return [
                _argument(1 if name == "open" else 2),
                (_AND, 0, 0, _O_ACCMODE | _O_TRUNC),
                (_EQ, 0, 1, _O_TRUNC),
                _refuse(),
                allow,
            ]
    raise KeyError(name)


def assemble(machine: str, pid: int, *, allowed: frozenset[str] = frozenset()) -> list[Instruction]:
    """The filter for process ``pid``, without the rules for the calls in ``allowed``.

    Raises OSError (ENOSYS) for an architecture without a table.
    """
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no system call table for {machine}")
    column = 0 if machine == "x86_64" else 1
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQ, 1, 0, ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NR),
    ]
    if machine == "x86_64":
        program += [(_GE, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    program += [(_GT, 0, 1, NEWEST), _refuse(errno.ENOSYS)]
    refused = []
    for name, numbers in NUMBERS.items():
        number = numbers[column]
        if number is None or name in allowed:
            continue
        if name in _ENOSYS:
            body = [_refuse(errno.ENOSYS)]
        elif name in _TO_ITSELF:
            body = _only(0, (pid,))
        elif name in _SPECIAL:
            body = _special(name, pid)
        else:
            refused.append(number)
            continue
        program += [(_EQ, 0, len(body), number), *body]
    # What is always refused shares one end: the kernel compiles the filter anew for every process that it is put on.
    tests: list[tuple[int, int]] = []
    for first, last in _runs(refused):
        few = last - first < 2
        tests += [(_EQ, number) for number in range(first, last + 1)] if few else [(_GE, first), (_GT, last)]
    for place, (test, number) in enumerate(tests):
        to_the_end = len(tests) - place
        yes, no = {_EQ: (to_the_end, 0), _GE: (0, 1), _GT: (0, to_the_end)}[test]
        program.append((test, yes, no, number))
    return [*program, (_RETURN, 0, 0, _ALLOW), _refuse()]


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """The runs of consecutive numbers, as first and last."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def install(program: list[Instruction]) -> None:
    """Put the filter on the calling thread and all it starts, for good. Raises OSError where the kernel has none."""
    _install(_packed(program))


def _packed(program: list[Instruction]) -> bytes:
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)


def _install(code: bytes | bytearray) -> None:
    buffer = ctypes.create_string_buffer(bytes(code), len(code))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    holder = _Fprog(len(code) // 8, ctypes.addressof(buffer))
    if libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(holder), 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")


class Filter:
    """A filter that is assembled once and put on many processes; only their own number differs.

    ``truncate``: whether truncate() by path may be called (Landlock checks it). Raises OSError (ENOSYS) for an
    architecture without a table.
    """

    def __init__(self, *, truncate: bool) -> None:
        allowed = frozenset({"truncate"}) if truncate else frozenset[str]()
        program = assemble(os.uname().machine, _ANY_PROCESS, allowed=allowed)
        self._code = _packed(program)
        # The operand is the second half of the eight bytes of an instruction.
        self._own_number = [8 * place + 4 for place, each in enumerate(program) if each[3] == _ANY_PROCESS]

    def install(self) -> None:
        """Put it on the calling process, for good. Raises OSError where the kernel has none."""
        code = bytearray(self._code)
        for place in self._own_number:
            struct.pack_into("<I", code, place, os.getpid())
        _install(code)
