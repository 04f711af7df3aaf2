# Attack: look for the report among all objects and send one of its own
# Must: not pass

import gc, time

def attack():
    for each in gc.get_objects():
        if type(each).__name__ == "Report":
            each.send({"type": "seen", "seen": {"value": ["s", "guessed"], "repr": "guessed", "steps": []}})
            time.sleep(1)
    return "wrong"
