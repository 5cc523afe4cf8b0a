"""Loops over pixels and cells in C, each with its numpy reference.

``c/`` holds the sources, ``compile`` makes one shared library of them, ``library``
loads it. Each further module is the typed face of some kernels: a public function that
checks its arrays, calls the kernel where the library is loaded, and else the reference
beside it, which gives the same bits.
"""
