"""Units, departments and people in Django's admin, read-only."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, ImportedRow, Person
from workspace.read_only.site import ReadOnlyAdmin

# Roles are in the people; Django's groups mean nothing here. How people sign in, and from where, is theirs alone.
for model in (Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(BusinessUnit)
class BusinessUnitAdmin(ReadOnlyAdmin):
    """Business units."""

    list_display = ("name", "head", "archived_at", "merged_into")
    list_select_related = ("head", "merged_into")
    search_fields = ("name",)


@admin.register(Department)
class DepartmentAdmin(ReadOnlyAdmin):
    """Departments."""

    list_display = ("name", "code", "unit", "archived_at", "merged_into")
    list_select_related = ("unit", "merged_into")
    search_fields = ("name", "code")


@admin.register(DepartmentLead)
class DepartmentLeadAdmin(ReadOnlyAdmin):
    """Who leads what."""

    list_display = ("department", "person", "is_deputy")
    list_select_related = ("department", "person")


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """People. The hash of a password is nobody's to look at."""

    list_display = ("name", "email", "role", "department", "is_active", "left_on")
    list_select_related = ("department",)
    list_filter = ("role", "is_active")
    search_fields = ("name", "email")
    exclude = ("password",)


@admin.register(ImportedRow)
class ImportedRowAdmin(ReadOnlyAdmin):
    """What imports brought."""

    list_display = ("kind", "key")
    list_filter = ("kind",)
    search_fields = ("key",)
