"""Expressions over bands: a text, its tree, and the values of one."""
