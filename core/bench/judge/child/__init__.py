"""The program that judges generated code. It is started as a file, once per core, and stays small.

``zygote`` (trusted, unconfined, runs none of the code) holds the data of one task, prepares what confines every process
alike, and forks one per sample and part; ``part`` confines itself with the layers of the sandbox, executes the code on
every input and compares what comes out by EvalPlus's rules; ``integrity`` notices code that reaches for the judge
instead of solving the task.
"""
