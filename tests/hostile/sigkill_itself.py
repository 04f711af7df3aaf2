# Attack: kill itself so that it looks like a lack of memory
# Must: be stopped

import os, signal

def attack():
    os.kill(os.getpid(), signal.SIGKILL)
