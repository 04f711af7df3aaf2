"""The gain predictor: what review is expected to add, and whether it has earned to be believed."""

from analyzers.gain.predict import Gain, predict

__all__ = ["Gain", "predict"]
