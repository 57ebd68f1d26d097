"""Simulators of the outside world that speak its wire formats only. Nothing here imports the product."""
