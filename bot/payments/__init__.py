"""The use cases: what a sale is, and what may happen to it. They reach the world through bot/ports.py only."""
