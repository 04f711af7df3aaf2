# Attack: leave files with hostile names
# Must: leave nothing behind

import os

def attack():
    for name in (b"\xff\xfe", b"new\nline", b"-rf", b"\x1b[2J", b" ", "\u202e".encode(), b"'; rm -rf $HOME"):
        with open(name, "w"):
            pass
    return "done"
