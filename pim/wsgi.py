"""WSGI entry point: `gunicorn pim.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
application = get_wsgi_application()

from catalog.columns import insist  # noqa: E402  # needs the applications set up

insist()
# What is loaded now stays: the collector, which walks it all again with every full collection, may leave it alone.
gc.freeze()
