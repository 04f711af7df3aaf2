"""Executing generated code without harm: ``run_cases`` runs code and its cases in a confined child process."""

from core.sandbox.cases import Case, CaseResult, Limits, Report
from core.sandbox.launch import run_cases
from core.sandbox.tier import Tier, available_tier

__all__ = ["Case", "CaseResult", "Limits", "Report", "Tier", "available_tier", "run_cases"]
