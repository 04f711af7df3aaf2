# Attack: hang in C code, where no signal handler runs
# Must: be stopped

import re

def attack():
    re.match(r"(a+)+$", "a" * 60 + "b")
