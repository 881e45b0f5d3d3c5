"""A simulator of a ride service with known truths planted: `simulate(seed, truth)`."""

from rides_simulator.simulate import simulate
from rides_simulator.truth import NOTHING, PLANTED, Truth

__all__ = ["NOTHING", "PLANTED", "Truth", "simulate"]
