# Attack: start a shell
# Must: be refused
# Needs: processes_blocked

import subprocess

def attack():
    return subprocess.run(["/bin/sh", "-c", "echo x > " + CANARY], check=True)
