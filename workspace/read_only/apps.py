"""Puts the read-only site in the place of Django's own."""

from django.contrib.admin.apps import AdminConfig


class ReadOnlyAdminConfig(AdminConfig):
    """Django's admin with a site that only shows."""

    default_site = "workspace.read_only.site.ReadOnlySite"
