"""The topics that results need: made, compared with what is wanted, and filled from older ones."""
