"""Encodings beside plain binary: Avro JSON, single-object encoding, object container files."""
