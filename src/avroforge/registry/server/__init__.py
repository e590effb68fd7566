"""A registry server for development and tests: Confluent's REST API over a `SchemaRegistry`."""
