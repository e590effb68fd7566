"""The demonstration on three real results; `vqe_stream.cli.demo` prints it."""
