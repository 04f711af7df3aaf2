# Attack: take over the function that writes the report
# Must: not pass

import os

os.write = lambda number, data: len(data)
os._exit = lambda status: None

def attack():
    return "wrong"
