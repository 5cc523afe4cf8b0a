"""Rasterlet's speed beside that of other programs, one folder per suite.

Each suite is a program: ``python -m benchmarks.zonal``. ``shared`` holds what several
suites use; ``workers`` folders hold the processes that are timed, one per side.
"""
