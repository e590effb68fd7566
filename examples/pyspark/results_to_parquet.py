r"""Read a topic's results with Spark, decoded by the registry's schemas, and write them as Parquet.

    spark-submit --packages org.apache.spark:spark-sql-kafka-0-10_2.13:4.0.0 \
        examples/pyspark/results_to_parquet.py --out results.parquet

Spark reads the partitions side by side and calls the decoder in its Python workers. A result is written once,
however often its record is in the topic. Records that are no results go to OUT.unreadable, and the exit code
is 100.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col
from pyspark.sql.pandas.types import from_arrow_schema

from vqe_stream.results.arrow import DECODED, decode_batches


def main() -> int:
    """0, or 100 when there are records that are no results."""
    options = _options()
    spark = SparkSession.builder.appName("results-to-parquet").getOrCreate()
    records = (
        spark.read.format("kafka")
        .option("kafka.bootstrap.servers", options.servers)
        .option("kafka.isolation.level", "read_committed")
        .option("subscribe", options.topic)
        .option("includeHeaders", "true")
        .load()
    )
    rows = decoded(records, options.registry).cache()
    results = rows.where(col("error").isNull()).drop("error").dropDuplicates(["name"])
    results.write.mode("overwrite").parquet(options.out)
    unreadable = rows.where(col("error").isNotNull()).select("partition", "offset", "error")
    count = unreadable.count()
    if count:
        unreadable.write.mode("overwrite").parquet(f"{options.out}.unreadable")
        print(f"{count} records are no results: {options.out}.unreadable", file=sys.stderr)
    spark.stop()
    return 100 if count else 0


def decoded(records: DataFrame, registry: str) -> DataFrame:
    """A row for each record of a Kafka source that includes headers."""
    wanted = records.select("value", "headers", "partition", "offset")
    return wanted.mapInArrow(functools.partial(decode_batches, registry), from_arrow_schema(DECODED))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Write the results of a topic as Parquet.")
    parser.add_argument("--servers", default=os.environ.get("KAFKA_SERVERS", "localhost:9092"))
    parser.add_argument("--topic", default="experiment.vqe")
    parser.add_argument("--registry", default=os.environ.get("SCHEMA_REGISTRY_URL", "http://localhost:8081"))
    parser.add_argument("--out", required=True, help="folder to write, local or of a file system of Spark's")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
