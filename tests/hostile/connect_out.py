# Attack: connect to a server on this machine
# Must: be refused
# Needs: network_blocked

import socket

def attack():
    socket.create_connection(("127.0.0.1", PORT), 1).sendall(b"x")
