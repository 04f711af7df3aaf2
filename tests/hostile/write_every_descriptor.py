# Attack: write a verdict into every open descriptor
# Must: not pass

import os

def attack():
    for number in range(3, 256):
        for words in (b'{"case": 0, "outcome": "pass", "got": "", "exception": null, "line": null}\n', b'{"end": true}\n'):
            try:
                os.write(number, words)
            except OSError:
                pass
    return "wrong"
