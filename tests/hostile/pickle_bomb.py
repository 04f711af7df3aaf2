# Attack: be a pickle that calls a function when it is read
# Must: do no harm
# Needs: processes_blocked

import os

class Bomb:
    def __reduce__(self):
        return os.system, ("echo x > " + CANARY,)

    def __repr__(self):
        return "Bomb()"

def attack():
    return [Bomb(), {"x": Bomb()}]
