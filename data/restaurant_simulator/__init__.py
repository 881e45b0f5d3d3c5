"""A simulator of a restaurant in Seoul with known truths planted: `simulate(seed, truth)`."""

from restaurant_simulator.simulate import simulate
from restaurant_simulator.truth import NOTHING, PLANTED, Truth

__all__ = ["NOTHING", "PLANTED", "Truth", "simulate"]
