"""Text of generated modules: one file per thing that is emitted."""
