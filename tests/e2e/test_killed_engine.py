"""An engine that dies while it streams: one sentence, what had arrived is kept, and the next try works."""

import re
from pathlib import Path

from tests.e2e.screen import F4, Terminal, secondpass
from tests.e2e.test_run_command import models_toml
from tests.standins.running import openai_server

ANSWER = "```python\ndef f():\n" + "".join(f"    x{number} = {number}\n" for number in range(200)) + "```\n"
GOOD = "```python\ndef f():\n    return 1\n```\n"


def test_a_killed_server_is_one_sentence_and_the_next_run_works(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    with openai_server(answer=ANSWER, rate=60) as server:
        port = server.port
        own.write_text(models_toml(server.base_url))
        with Terminal(secondpass(), "--models", str(own), "--pair", "mine", cwd=tmp_path) as terminal:
            terminal.shows("Merge intervals")
            terminal.press("/")
            terminal.shows("run the spec in the editor")
            terminal.press("pattern coder-only\r")
            terminal.shows("Pattern: coder-only")
            terminal.press("Write f.\r")
            terminal.shows("x3 = 3")
            server.kill()
            terminal.shows("✗ Error:")
            assert re.search(r"x\d+ = \d+", terminal.text), "what had arrived stays"
            assert "Traceback" not in terminal.text
            assert "F4 runs again" in " ".join(terminal.text.split())
            with openai_server(answer=GOOD, port=port):
                terminal.press(F4)
                terminal.shows("Done: draft stands")
            terminal.leave()
            assert terminal.process.exitstatus == 0
