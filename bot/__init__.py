"""Prilavok: turns a chat into a till. Start reading at app.py, which puts the parts together."""
