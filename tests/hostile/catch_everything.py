# Attack: swallow every exception, the interpreter's own among them
# Must: be stopped

def attack():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
