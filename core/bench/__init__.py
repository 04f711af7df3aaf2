"""The bench: data sets, the judge, the store of runs, statistics and reports."""
