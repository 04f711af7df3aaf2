# Attack: walk the frames to the report and send one of its own
# Must: not pass

import sys, time

def attack():
    frame = sys._getframe()
    while frame:
        report = frame.f_locals.get("report")
        if report is not None:
            for seen in ({}, {"only": True, "shown": "", "repr": "1", "value": ["b", 1]}, {"steps": [{"values": []}]}):
                report.send({"type": "seen", "seen": seen})
            time.sleep(1)
        frame = frame.f_back
    return "wrong"
