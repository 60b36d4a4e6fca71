"""Keeping the workspace well."""
