"""The program that runs generated code. It is started as a file by ``python -I`` and uses the standard library only.

``supervise`` (trusted, unconfined, runs none of the code) forks one *runner* per group of cases, watches it and
judges what it reports; ``runner`` confines itself (``confine``), then executes the code.
"""
