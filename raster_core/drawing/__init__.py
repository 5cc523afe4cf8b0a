"""From what is said about drawing to an image; without HTTP.

``request`` holds what is said, ``resolve`` decides what is drawn and how, ``opening``
opens it, and ``tile`` and ``part`` draw it.
"""
