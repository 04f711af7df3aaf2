# Attack: send a packet without a connection
# Must: be refused
# Needs: network_blocked

import socket

def attack():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"x", ("127.0.0.1", PORT))
