"""The data sets that are judged with: found on this machine, read once, kept in the form the judge wants."""

from core.bench.datasets.known import DATASET_NAMES, KNOWN, KnownDataset
from core.bench.datasets.prepared import Dataset, Problem, open_dataset

__all__ = ["DATASET_NAMES", "KNOWN", "Dataset", "KnownDataset", "Problem", "open_dataset"]
