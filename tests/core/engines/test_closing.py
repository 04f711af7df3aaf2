"""An endpoint that is closed leaves no connection open, at whatever moment of a request that happens."""

import asyncio
import gc
import warnings

import pytest

from core.engines.endpoint import Endpoint
from core.engines.timeouts import Timeouts

MODELS = b'{"data": [{"id": "m"}]}'


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(MODELS)}\r\n\r\n"
            writer.write(head.encode() + MODELS)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def closed_after(steps: int, *, cancelled: bool) -> None:
    """Ask for the models; after ``steps`` turns of the event loop close the endpoint, or cancel the question."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    endpoint = Endpoint(url, model="m", served_name=None, api_key=None, key_env=None, timeouts=Timeouts())
    asking = asyncio.create_task(endpoint.list_models())
    for _ in range(steps):
        await asyncio.sleep(0)
    if cancelled:
        asking.cancel()
    else:
        await endpoint.close()
    await asyncio.gather(asking, return_exceptions=True)
    await endpoint.close()
    server.close()


@pytest.mark.parametrize("cancelled", [False, True], ids=["closed", "cancelled"])
def test_closing_in_the_middle_of_a_request_leaves_no_socket_behind(cancelled: bool) -> None:
    gc.collect()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        for steps in range(25):
            asyncio.run(closed_after(steps, cancelled=cancelled))
        gc.collect()
    assert [str(each.message) for each in seen if each.category is ResourceWarning] == []
