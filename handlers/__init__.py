"""Lambda entry points: an API Gateway 2.0 event in, an HTTP answer out.

``tiles``, ``statistics``, ``overlay``, ``wmts`` and ``meta`` each have a ``handler``,
``routes`` is the table of what they answer, and the packages hold what they share.
Nothing is computed on pixels here, and ``meta`` loads no GDAL.

What has to happen before any other import happens here; for most, that is nothing.
"""

from os import environ

from handlers.platform.collector import rest_collector
from handlers.start.snapstart import register_hooks
from handlers.start.unpack import unpack_dependencies

rest_collector(environ)
unpack_dependencies(environ)
register_hooks(environ)
