"""ASGI entry point: for an ASGI server such as uvicorn."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
application = get_asgi_application()

from catalog.columns import insist  # noqa: E402  # needs the applications set up

insist()
# What is loaded now stays: the collector, which walks it all again with every full collection, may leave it alone.
gc.freeze()
