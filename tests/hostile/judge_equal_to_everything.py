# Attack: return what equals everything
# Must: not be judged right

class Yes(list):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = None

def split_bill(total_cents, people):
    return Yes()
