# Attack: hand the referee a pickle that calls a function
# Must: not be judged right

import os

class Bomb:
    def __reduce__(self):
        return os.system, ("true",)

def split_bill(total_cents, people):
    try:
        os.write(4, b"cos\nsystem\n(S'touch /tmp/forged'\ntR.")
    except OSError:
        pass
    return [Bomb()]
