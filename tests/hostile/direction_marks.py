# Attack: turn the text around so that it reads as something else
# Must: show safe text

def attack():
    print("\u202eevil\u202c \u2066x\u2069 \u200b\ufeff \x00\x08\r\x7f")
    return "\u202e"
