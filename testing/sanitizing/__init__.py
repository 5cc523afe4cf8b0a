"""Kernels under sanitizers: their tests, and a fuzz of what the tests call them with.

``python -m testing.sanitizing`` is ``make sanitize``: a copy of the code with a library
that AddressSanitizer and UndefinedBehaviorSanitizer watch, in which ``recorder`` (a
plugin of pytest) keeps arguments of every face, ``fuzz`` mutates those, and ``files``
mutates GeoTIFFs. A face or kernel that is added is found, not listed.
"""
