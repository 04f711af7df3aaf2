# Attack: read the caller's environment from /proc
# Must: be refused
# Needs: reads_confined

def attack():
    return open(f"/proc/{PID}/environ").read()
