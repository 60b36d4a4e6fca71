"""Catalynx: the open workbench for grant research."""

__version__ = "0.1.0"
