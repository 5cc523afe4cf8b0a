"""Lambda entry points: an API Gateway 2.0 event in, an HTTP answer out.

``tiles``, ``statistics`` and ``meta`` each have a ``handler``; the rest is what they
share. Nothing is computed on pixels here, and ``meta`` loads no GDAL.
"""
