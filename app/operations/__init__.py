"""Writes that are not transitions; they flush at most, the edge commits."""
