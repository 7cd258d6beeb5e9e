"""Who is who at Larkmoor: what the CSV files cannot say about people, personas, journeys, systems and touchpoints.

People are named by the part of their address before the @. Nobody here exists, and `.example` reaches nobody.
"""

from __future__ import annotations

DOMAIN = "larkmoor.example"
PASSWORD = "warm-and-dry-at-home"  # noqa: S105 - of the demo organisation alone, and known to everybody

# The people to sign in as: (what they are, address).
SIGN_INS = [
    ("administrator", "yusuf.demirel@larkmoor.example"),
    ("executive", "mateus.figueira@larkmoor.example"),
    ("unit head", "sunniva.hegge@larkmoor.example"),
    ("department lead", "thandiwe.nkosi@larkmoor.example"),
    ("deputy", "marisol.aguirre@larkmoor.example"),
    ("member", "fatou.diarra@larkmoor.example"),
    ("guest", "odile.marchand@paperkite.example"),
]

ADMINISTRATOR = "yusuf.demirel"
RESEARCHER = "daniel.osei"  # walks the journeys and writes down what hurts
EXECUTIVES = ["helena.brandt", "mateus.figueira", "signe.dahlgaard"]

UNIT_HEADS = {
    "Brand & Customer": "camille.fontenay",
    "Shops": "bram.vandenheuvel",
    "Online": "sunniva.hegge",
    "Heat & Service": "marek.dvorsky",
    "Energy Plans": "cornelia.hasselbring",
}

# Metering never named a deputy; that is how its touchpoints come to hang on a person who has left.
DEPUTIES = {
    "BRAND": "meiling.tran",
    "CONTENT": "rafael.quintana",
    "CRM": "luca.marchetti",
    "INSIGHT": "hanna.virtala",
    "SHOPS": "kieran.shah",
    "ADVICE": "sami.haddadin",
    "WEB": "chloe.delacourt",
    "APP": "jelena.marusic",
    "PLATFORM": "anders.kjolberg",
    "HEAT": "youssef.eltayeb",
    "INSTALL": "sven.rautio",
    "FIELD": "matteo.bellandi",
    "CONTACT": "pavel.reyes",
    "DELIVERY": "marisol.aguirre",
    "PLANS": "saoirse.kaur",
    "BILLING": "goran.petrusev",
}

DELEGATES = {
    "zainab.farouqi": "pavel.reyes",
    "leila.rostami": "pedro.alvarinho",
    "henrike.vossen": "matteo.bellandi",
    "ines.carvalhal": "gwen.prydderch",
}

PERSONAS = {
    "Freya and Jonas": "Early forties, a house from 1962 and two school children. They want to get rid of the gas "
    "boiler, read every forum at night, and trust whoever tells them what can go wrong.",
    "Amara": "Thirty-six, nurse on shifts, two small children. Shops on her phone between two buses. Pays a little "
    "more for a parcel that comes when it was promised.",
    "Walter": "Seventy-eight, lives alone since last spring. Has the emergency number on the fridge and does not want "
    "to be a bother. His app was set up by his granddaughter.",
    "Dilan": "Twenty-four, first flat of their own. Never had an energy contract before; opens post only when it "
    "looks expensive.",
    "Sofia": "Fifty-one, teaches music. Makes or mends something every weekend, and brings a friend when it was good.",
    "The Petrovs": "Three generations under one roof and a heat pump in its third year. Grandmother keeps the folder "
    "with every service report.",
}

# Journey -> who answers for it as a whole.
JOURNEY_ACCOUNTABLE = {
    "HP": "signe.dahlgaard",
    "WS": "sunniva.hegge",
    "BR": "marek.dvorsky",
    "EN": "cornelia.hasselbring",
    "CL": "mateus.figueira",
    "CA": "signe.dahlgaard",
}

# System -> who owns the technology. Till came with the shops bought in 2016: nobody ever asked whose it is.
TECHNOLOGY_OWNERS = {
    "Storefront": "ruth.abernethy",
    "Larkmoor App": "kofi.anane",
    "Route Planner": "anders.kjolberg",
    "Quote Desk": "ruth.abernethy",
    "Letterbox": "shreya.pillay",
    "Switchboard": "anders.kjolberg",
    "Parcel Eye": "stefan.ionescu",
    "Plan Engine": "shreya.pillay",
    "Ledger": "goran.petrusev",
    "Meterbox": "hyejin.baek",
}

# What the customer does not see (all others are on stage).
BACKSTAGE = ["EN-06", "EN-09"]
SUPPORT = ["BR-09", "CA-11"]

PAIN_POINTS = {
    "HP-08": "Eleven pages, and the price is on page nine.",
    "HP-09": "Every adviser explains the grant differently, and the form changes each January.",
    "HP-15": "Nobody said that a heat pump warms slowly. At 6 a.m. it looks broken.",
    "WS-07": "Asks for the account password at the very last step.",
    "WS-12": "The hotline sees the same tracking page as the customer, and nothing more.",
    "WS-17": "Nobody can say when the money will be back.",
    "BR-01": "E-417 means nothing to anyone but us.",
    "BR-09": "After the order of a spare part there is silence, for nine days on average.",
    "BR-11": "The invoice arrives before the heating runs again.",
    "EN-10": "The first reminder sounds like a court letter.",
    "EN-13": "Four out of five calls in March ask what the second page means.",
    "CL-09": "Points from the shop show up after three days.",
    "CA-06": "Twenty minutes in the queue every October.",
    "CA-15": "Three people have to say yes before a plan ends.",
}
