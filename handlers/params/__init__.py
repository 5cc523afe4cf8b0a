"""What a request may say: each parameter declared once, with its rule and its words.

``parsers`` know a rule as code, in words and as a JSON schema; ``param`` puts a name, a
default and a description to one; ``query`` reads a request by them. ``lists`` declares
the parameters of each route, and ``requests`` makes values of what a request says.
Nothing here opens a raster or loads what only one function needs: every function knows
all parameters.
"""
