"""The end of a child process, after which nothing of it is left in the event loop."""

from asyncio.subprocess import Process


async def reap(process: Process) -> int:
    """Wait until ``process`` has ended, close its pipes and give its exit code (negative: the signal that ended it).

    asyncio closes a pipe when it reads its end. That can come after the end of the process, or never where somebody
    else holds the pipe open; and where one is open when the loop is closed it complains, with a traceback. (Where the
    end of the process is not known yet when this is called, asyncio itself waits for its pipes, too.)
    """
    code = await process.wait()
    close_pipes(process)
    return code


def close_pipes(process: Process) -> None:
    """Close what leads to and from ``process``, and end it if it has not ended."""
    process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way
