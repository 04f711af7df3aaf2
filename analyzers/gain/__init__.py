"""The gain predictor: what review is expected to add, and whether it has earned to be believed."""

from analyzers.gain.predict import Gain, gain_line, predict

__all__ = ["Gain", "gain_line", "predict"]
