"""The end of a child process, after which nothing of it is left in the event loop."""

from asyncio.subprocess import Process


async def reap(process: Process) -> int:
    """End ``process`` if it has not ended, close its pipes and give its exit code (negative: the signal that ended it).

    Waiting alone is not enough: asyncio waits for the end of the pipes, too, which somebody else may hold open, unless
    the end of the process is known already; then it leaves them open, and when the loop is closed it complains, with
    a traceback.
    """
    close_pipes(process)
    return await process.wait()


def close_pipes(process: Process) -> None:
    """Close what leads to and from ``process``, and kill it if it has not ended."""
    process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way
