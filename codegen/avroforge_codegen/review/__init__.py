"""The review of a schema change: both sides read, compared, and reported."""
