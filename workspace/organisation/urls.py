"""Addresses of units, departments, people and tokens. What changes something stands below the thing it changes."""

from django.urls import path

from workspace.organisation.views import changing_people, departments, erasing, invitations, people, tokens, units

app_name = "organisation"

urlpatterns = [
    path("", units.units, name="units"),
    path("units/new/", units.create, name="create_unit"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/history/", units.history, name="unit_history"),
    path("units/<int:pk>/change/", units.change, name="change_unit"),
    path("units/<int:pk>/archive/", units.archive, name="archive_unit"),
    path("units/<int:pk>/restore/", units.restore, name="restore_unit"),
    path("units/<int:pk>/departments/new/", units.create_department, name="create_department"),
    path("departments/<int:pk>/", departments.department, name="department"),
    path("departments/<int:pk>/history/", departments.history, name="department_history"),
    path("departments/<int:pk>/change/", departments.change, name="change_department"),
    path("departments/<int:pk>/move/", departments.move, name="move_department"),
    path("departments/<int:pk>/archive/", departments.archive, name="archive_department"),
    path("departments/<int:pk>/restore/", departments.restore, name="restore_department"),
    path("departments/<int:pk>/leads/add/", departments.add_lead, name="add_lead"),
    path("departments/<int:pk>/leads/<int:person_pk>/remove/", departments.remove_lead, name="remove_lead"),
    path("people/", people.people, name="people"),
    path("people/suggest/", people.suggest, name="suggest_people"),
    path("people/new/", changing_people.create, name="create_person"),
    path("people/invite/", invitations.invite, name="invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/history/", people.history, name="person_history"),
    path("people/<int:pk>/change/", changing_people.change, name="change_person"),
    path("people/<int:pk>/email/", changing_people.email, name="change_email"),
    path("people/<int:pk>/role/", changing_people.role, name="set_role"),
    path("people/<int:pk>/leaving/", changing_people.leaving, name="set_leaving_date"),
    path("people/<int:pk>/delegate/", changing_people.delegate, name="set_delegate"),
    path("people/<int:pk>/deactivate/", changing_people.deactivate, name="deactivate_person"),
    path("people/<int:pk>/invitation/", invitations.invite_again, name="invite_again"),
    path("people/<int:pk>/invitation/revoke/", invitations.revoke_invitation, name="revoke_invitation"),
    path("people/<int:pk>/erase/", erasing.erase, name="erase_person"),
    path("people/<int:pk>/reactivate/", changing_people.reactivate, name="reactivate_person"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/take-back/", tokens.take_back, name="take_back_token"),
]
