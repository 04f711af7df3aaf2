# Attack: end the interpreter with success from a destructor
# Must: be stopped

import os

class Last:
    def __del__(self):
        os._exit(0)

def attack():
    Last()
