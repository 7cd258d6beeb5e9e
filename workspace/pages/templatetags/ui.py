"""`{% load ui %}`: the shared pieces of every page. `/style-guide/` shows each, `docs/design-system.md` lists them.

All are presentation: they take plain values (text, numbers, dicts, form and page objects), never a model, and ask
the database nothing.
"""

from django import template

from workspace.pages.ui import controls, data, feedback, forms, marks, moments, navigation

register = template.Library()

for pieces in (controls, data, feedback, forms, marks, moments, navigation):
    register.tags.update(pieces.register.tags)
    register.filters.update(pieces.register.filters)
