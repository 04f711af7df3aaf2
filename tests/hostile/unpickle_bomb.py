# Attack: read a pickle that starts a program
# Must: be refused
# Needs: processes_blocked

import os, pickle

class Bomb:
    def __reduce__(self):
        return os.posix_spawn, ("/bin/sh", ["sh", "-c", "echo x > " + CANARY], {})

def attack():
    return pickle.loads(pickle.dumps(Bomb()))
