"""Generating a run: every sample through its pattern, every answer kept, the judge beside it."""

from core.bench.generation.plan import plan_run
from core.bench.generation.progress import Progress, SampleFailed, SampleFinished, SampleStage, SampleStarted
from core.bench.generation.runner import generate

__all__ = ["Progress", "SampleFailed", "SampleFinished", "SampleStage", "SampleStarted", "generate", "plan_run"]
