"""From the parameters of a request to an image, or to a document about images.

``resolve`` decides what is drawn and how, ``opening`` opens it, and ``tile``, ``image``
and ``documents`` answer.
"""
