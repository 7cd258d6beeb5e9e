"""Addresses of journeys, touchpoints and flags. What is POSTed stands below the thing it changes."""

from django.urls import path

from journeys.views import claims, flags, handoffs, journeys, ownership, touchpoints

app_name = "journeys"

urlpatterns = [
    path("flags/", flags.inbox, name="flags"),
    path("flags/<int:pk>/acknowledge/", flags.acknowledge, name="acknowledge_flag"),
    path("flags/<int:pk>/snooze/", flags.snooze, name="snooze_flag"),
    path("flags/<int:pk>/waive/", flags.waive, name="waive_flag"),
    path("flags/<int:pk>/end-silence/", flags.end_silence, name="end_silence"),
    path("journeys/", journeys.journeys, name="journeys"),
    path("journeys/<int:pk>/", journeys.journey, name="journey"),
    path("touchpoints/<int:pk>/", touchpoints.touchpoint, name="touchpoint"),
    path("touchpoints/<int:pk>/history/", touchpoints.history, name="touchpoint_history"),
    path("touchpoints/<int:pk>/claim/", ownership.claim, name="claim"),
    path("touchpoints/<int:pk>/assign/", ownership.assign, name="assign"),
    path("touchpoints/<int:pk>/transfer/", ownership.transfer, name="transfer"),
    path("touchpoints/<int:pk>/release/", ownership.release, name="release"),
    path("touchpoints/<int:pk>/person/", ownership.person, name="set_person"),
    path("touchpoints/<int:pk>/attest/", ownership.attest, name="attest"),
    path("claims/<int:pk>/approve/", claims.approve, name="approve_claim"),
    path("claims/<int:pk>/deny/", claims.deny, name="deny_claim"),
    path("claims/<int:pk>/withdraw/", claims.withdraw, name="withdraw_claim"),
    path("crossings/<int:pk>/handoff/", handoffs.propose, name="propose_handoff"),
    path("handoffs/<int:pk>/accept/", handoffs.accept, name="accept_handoff"),
    path("handoffs/<int:pk>/decline/", handoffs.decline, name="decline_handoff"),
]
