# Attack: ask the kernel for its network by netlink
# Must: be refused
# Needs: network_blocked

import socket

def attack():
    return socket.socket(16, socket.SOCK_RAW, 0)
