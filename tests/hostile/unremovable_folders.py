# Attack: leave folders that nobody may enter, a thousand deep
# Must: leave nothing behind

import os

def attack():
    for _ in range(200):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    os.mkdir("locked", 0)
    return "done"
