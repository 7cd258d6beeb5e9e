"""The ASGI application: what uvicorn serves."""

import os

from django.core.asgi import get_asgi_application

from workspace.bodies import LimitedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")

application = LimitedBodies(get_asgi_application(), {"/api/": "api.kernel.problems.too_large"})
