"""The site and the models of Django's admin, without a way to write: whatever changes goes through the commands."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _

from workspace.errors import NotAllowed

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # Django's class takes no parameters at run time
    Base = admin.ModelAdmin


class ReadOnlySite(admin.AdminSite):
    """Signing in and passwords are the house's own pages; whoever may not look is told so.

    Guests are told that there is nothing, as everywhere.
    """

    site_header = site_title = "Throughline"
    site_url = "/"
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses; strangers are sent to the house's sign-in."""
        urls = super().get_urls()
        for url in urls:
            if isinstance(url, URLPattern) and hasattr(url.callback, "login_url"):
                del url.callback.login_url
        return urls

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap a view as Django does, with a refusal in the place of its sign-in."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if getattr(request.user, "is_guest", False):
                raise Http404
            if not self.has_permission(request):
                raise NotAllowed(_("Only administrators look in here."), next_step=_("Ask an administrator."))
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The house's own sign-in."""
        return redirect("account_login")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Not here. Raises NotAllowed."""
        raise NotAllowed(_("Passwords are not changed here."), next_step=_("Change yours in your account."))

    password_change_done = password_change


class ReadOnlyAdmin(Base):
    """A model that administrators may look at; nobody adds, changes or deletes it here."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False
