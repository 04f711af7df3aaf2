# Attack: start threads until there are no more
# Must: do no harm
# Needs: memory_limited

import threading

def attack():
    stop = threading.Event()
    count = 0
    try:
        while count < 3000:
            threading.Thread(target=stop.wait, daemon=True).start()
            count += 1
    finally:
        stop.set()
