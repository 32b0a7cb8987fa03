"""How good stems are: BSSEval v4 and the simpler measures."""
