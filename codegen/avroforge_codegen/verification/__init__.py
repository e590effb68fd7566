"""Verify a generated package with drawn data, against the specification and the reference library."""

from avroforge_codegen.verification.package import verify_package
from avroforge_codegen.verification.report import Report, Silence, Unverified

__all__ = ["Report", "Silence", "Unverified", "verify_package"]
