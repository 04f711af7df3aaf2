# Attack: return an object whose class lies about its name
# Must: not pass

class Meta(type):
    __name__ = "str"
    __qualname__ = "str"

    def __instancecheck__(cls, other):
        return True

    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__

class Text(metaclass=Meta):
    def __repr__(self):
        return "''"

def attack():
    return Text()
