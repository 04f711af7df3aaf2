"""What works on this machine, and what to do about what does not: probes without a screen."""

from core.doctor.examination import Probe, examine, probes, verdict
from core.doctor.result import Result, Status, Verdict, gib, result_json

__all__ = ["Probe", "Result", "Status", "Verdict", "examine", "gib", "probes", "result_json", "verdict"]
