"""A package, so that the tests can import what conftest.py declares."""
