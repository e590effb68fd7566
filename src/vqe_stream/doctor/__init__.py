"""Everything that a run of hours relies on, looked at before it begins."""
