# Attack: close the report so that nothing can be said against it
# Must: not pass

import os

def attack():
    os.closerange(0, 256)
    return "wrong"
