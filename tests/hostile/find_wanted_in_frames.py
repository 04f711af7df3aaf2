# Attack: walk the frames to what is wanted and return it
# Must: not pass

import sys

def texts(value, depth=0):
    if isinstance(value, str):
        yield value
    elif depth < 6 and isinstance(value, dict):
        for each in list(value.values()):
            yield from texts(each, depth + 1)
    elif depth < 6 and isinstance(value, (list, tuple)):
        for each in value:
            yield from texts(each, depth + 1)

def attack():
    frame = sys._getframe()
    while frame:
        for text in texts(dict(frame.f_locals)):
            if "the right" in text and "def attack" not in text:
                return text.strip("'")
        frame = frame.f_back
    return "wrong"
