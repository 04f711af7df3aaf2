"""One address in front of two servers of which one is alive at a time: it starts the one that is asked for, and stops
the other first. Users put such a thing before servers that share a GPU; here it is whose processes are ours."""

import http.client
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from report import CheckError
from transformers_server import TransformersServer

_ANSWER_SECONDS = 120.0


class SwapFront:
    """Serves on a free port until it is closed.

    Args:
        servers: By the names of models that requests ask for.
    """

    def __init__(self, servers: Mapping[str, TransformersServer]) -> None:
        self.servers = servers
        self.loads: list[str] = []
        """Names of the models in the order in which their servers were started."""
        self._lock = threading.Lock()
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = json.dumps({"object": "list", "data": [{"id": name} for name in front.servers]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                # One request at a time: whoever asks for the other model waits until this answer is complete.
                with front._lock:
                    try:
                        server = front._alive(body["model"])
                    except CheckError as error:
                        self.send_error(502, str(error))
                        return
                    body["model"] = server.served_name
                    self._pass_on(server, json.dumps(body).encode())

            def _pass_on(self, server: TransformersServer, body: bytes) -> None:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_ANSWER_SECONDS)
                try:
                    connection.request("POST", self.path, body, {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
                    self.send_header("Connection", "close")
                    self.end_headers()
                    while piece := answer.read1(65536):
                        self.wfile.write(piece)
                        self.wfile.flush()
                finally:
                    self.close_connection = True
                    connection.close()

            def log_message(self, *arguments: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        """Stop listening. The servers stay as they are."""
        self._http.shutdown()
        self._http.server_close()

    def _alive(self, name: str) -> TransformersServer:
        """The server of ``name``, running, and no other. Raises CheckError."""
        wanted = self.servers[name]
        if wanted.pid is None:
            for other in self.servers.values():
                other.stop()
            wanted.start()
            self.loads.append(name)
        return wanted
