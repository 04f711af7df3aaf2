"""Judging on the nodes of a Ray cluster.

Ray runs in a process of its own (``driver``), which this one starts, asks and ends (``judge``): a driver that loses its
cluster ends its process, waits for minutes for a wrong address, and writes to the terminal. On every node an actor
(``node``) holds an ordinary ``Judge`` with that node's sandbox. Only that process imports Ray.
"""

from core.bench.cluster.judge import ClusterError, RayJudge, check_usable

__all__ = ["ClusterError", "RayJudge", "check_usable"]
