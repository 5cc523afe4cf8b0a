"""From what a request says about pixels to the image or document that shows them.

``resolve`` decides what is drawn and how, ``opening`` opens it, and ``tile``, ``image``
and ``documents`` answer.
"""
