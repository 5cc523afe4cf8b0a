"""Lambda entry points: an API Gateway 2.0 event in, an HTTP answer out.

``tiles``, ``statistics``, ``overlay``, ``wmts`` and ``meta`` each have a ``handler``,
and ``routes`` is the table of what they answer. Nothing is computed on pixels here, and
``meta`` loads no GDAL. The packages, top to bottom; imports only point down:

- ``openapi``: the description of the API, and the page that shows it.
- ``ows``, ``zones``, ``drawing``: WMTS, statistics of zones, images; routers that the
  entry points include stand there, too.
- ``http``: what all routes share, and the application.
- ``contract``: what the declaration of a route consists of.
- ``params``: what a request may say.
- ``start``, ``catalogue``, ``platform``: imports, the store, settings and logs.

What has to happen before any other import happens here; for most, that is nothing.
"""

from os import environ

from handlers.platform.collector import rest_collector
from handlers.start.snapstart import register_hooks
from handlers.start.unpack import unpack_dependencies

rest_collector(environ)
unpack_dependencies(environ)
register_hooks(environ)
