class LruCache:
    """A cache that forgets the entry that was used longest ago.

    LruCache(capacity) holds at most capacity entries; capacity is at least 1. put(key, value) stores or replaces an
    entry. get(key) returns the value, or None if the key is not stored. Both count as a use of the entry.

    >>> cache = LruCache(2)
    >>> cache.put("a", 1)
    >>> cache.put("b", 2)
    >>> cache.get("a")
    1
    >>> cache.put("c", 3)
    >>> cache.get("c")
    3
    """

    def __init__(self, capacity: int) -> None: ...

    def get(self, key: str) -> int | None: ...

    def put(self, key: str, value: int) -> None: ...
