# Attack: swap a folder for another while files are opened in it
# Must: do no harm
# Needs: writes_confined

import os, threading, time

def attack():
    os.mkdir("a")
    os.mkdir("b")
    stop = time.monotonic() + 0.5

    def swap():
        while time.monotonic() < stop:
            for source, target in (("a", "c"), ("b", "a"), ("c", "b")):
                try:
                    os.rename(source, target)
                except OSError:
                    pass

    threads = [threading.Thread(target=swap) for _ in range(3)]
    for thread in threads:
        thread.start()
    while time.monotonic() < stop:
        for path in ("a/../../x", "a/x", os.path.join("a", "..", "..", "..", CANARY)):
            try:
                open(path, "w").write("x")
            except OSError:
                pass
    for thread in threads:
        thread.join()
    return "done"
