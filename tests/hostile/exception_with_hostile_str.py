# Attack: raise an exception whose message, name and type lie
# Must: be refused

class Odd(BaseException):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__
    __class__ = AssertionError

def attack():
    raise Odd
