# Attack: speak to another process by an abstract socket
# Must: be refused
# Needs: network_blocked

import socket

def attack():
    with socket.socket(socket.AF_UNIX) as out:
        out.connect("\0secondpass-hostile")
