"""What a stored run shows, as figures: rates with intervals, patterns compared, failures by kind."""

from core.bench.reports.compare import Comparison, Flip, compare
from core.bench.reports.read import read_run, report_of
from core.bench.reports.records import PairReport, PatternReport, RunReport

__all__ = ["Comparison", "Flip", "PairReport", "PatternReport", "RunReport", "compare", "read_run", "report_of"]
