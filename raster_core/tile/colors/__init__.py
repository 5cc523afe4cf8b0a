"""Which colour a value has: renderings, colormaps, and the choice among them."""
