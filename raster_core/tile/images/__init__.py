"""From pixels to the bytes of an image, and the legend of its colours."""
