"""The Lambda layers: from locked wheels to zips that fit.

``python -m layers.build`` (``make layers``) takes a tree of unpacked wheels through one
small step after the other; ``recipe.toml`` says what each of them does and why.
"""
