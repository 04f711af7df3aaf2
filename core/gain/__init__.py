"""What is known of a pair from its own runs: calibrations on disk, outcomes in session logs, seconds of a review."""
