# Attack: leave with exit status 0 as if all was well
# Must: be stopped

import os

def attack():
    os._exit(0)
