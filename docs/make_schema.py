"""Write docs/events.schema.json from the events of this version. Run it from the repository root."""

import json
from pathlib import Path

from core.event_log import json_schema

if __name__ == "__main__":
    path = Path(__file__).with_name("events.schema.json")
    path.write_text(json.dumps(json_schema(), indent=2) + "\n", encoding="utf-8")
    print(f"wrote {path}")
