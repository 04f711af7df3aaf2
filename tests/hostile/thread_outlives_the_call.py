# Attack: leave a thread behind that writes when the call is over
# Must: do no harm
# Needs: writes_confined

import threading, time

def attack():
    def later():
        time.sleep(0.3)
        open(CANARY, "w").write("x")

    threading.Thread(target=later).start()
    return "done"
