"""Keeping the workspace well."""

from catalynx.ops.diagnosis import Finding, diagnose

__all__ = ["Finding", "diagnose"]
