"""Clients of S3 servers: Amazon's, or one of one's own."""

from __future__ import annotations

import os
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import NoRegionError

from avroforge.errors import ConfigurationError

PREFIX: Final = "s3://"
ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL_S3"
REGION_VARIABLE: Final = "AWS_REGION"
# A server that does not answer is said within seconds, after one repetition.
_BOUNDS: Final = {"connect_timeout": 5, "read_timeout": 60, "retries": {"total_max_attempts": 2}}


def make_client(endpoint_url: str | None, setting: str, at_a_time: int = 1) -> Any:  # noqa: ANN401 - boto3 makes its classes when asked
    """A client; nothing is asked yet.

    Keys and region come from where every S3 program takes them: ``AWS_ACCESS_KEY_ID``,
    ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, or their files.

    Args:
        endpoint_url: the server; None: what ``AWS_ENDPOINT_URL_S3`` names, or Amazon's.
        setting: where it came from, for messages.
        at_a_time: how many requests are under way at most.

    Raises:
        ConfigurationError: no region is set, or the endpoint is no URL.
    """
    # Servers of one's own have no name for each bucket.
    style = {"addressing_style": "path"} if endpoint_url or os.environ.get(ENDPOINT_VARIABLE) else {}
    config = Config(s3=style, max_pool_connections=at_a_time, **_BOUNDS)
    try:
        # boto3 itself reads only AWS_DEFAULT_REGION and the files.
        region = os.environ.get(REGION_VARIABLE) or None
        # A session of its own: the shared one keeps the credentials that it found first.
        session = boto3.session.Session()
        return session.client("s3", endpoint_url=endpoint_url, region_name=region, config=config)
    except NoRegionError as error:
        raise ConfigurationError("S3 needs a region: set AWS_REGION (garage, for Garage)") from error
    except ValueError as error:
        raise ConfigurationError(f"{setting}: {error}") from error
