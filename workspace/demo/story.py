"""Six months at Larkmoor, told as acts: what people did, how many days before the demo is loaded.

An act falls on a working day and plays through the product's own commands, with the rights of whoever acts. What is
told here is a company that gets better at answering "whose is this?", and the corners where it has not yet.
"""

from __future__ import annotations

from workspace.demo.acts import (
    Act,
    acknowledge,
    approve,
    archive_department,
    assign,
    attest,
    attest_all,
    be_away,
    call_for_owner,
    claim,
    deny,
    hand_to,
    leave,
    move_home,
    not_mine,
    plan_journey,
    release,
    retire,
    set_technology_owner,
    share_journey,
    snooze,
    snooze_all,
    transfer,
    waive,
    withdraw,
    withdraw_call,
)
from workspace.demo.agreements import AGREEMENTS

BEGINS = 187  # days ago: the lists of the old spreadsheet are imported; longer than an attestation lasts (180)

# Departments take what happens in their own unit: theirs at once.
TAKING = [
    claim(186, "stefan.ionescu", "DELIVERY", "HP-12", "The unit comes on our lorry and we agree the hour. Ours."),
    claim(184, "adaeze.umeh", "SHOPS", "WS-13", "Collection happens at our counter, with our people."),
    claim(181, "ines.carvalhal", "ADVICE", "HP-04", "We have held these evenings for six years."),
    claim(181, "sami.haddadin", "ADVICE", "HP-05", "Same advisers as in the shop, only with a headset."),
    claim(175, "luca.marchetti", "CRM", "CL-07"),
    claim(171, "emeka.nwachukwu", "INSTALL", "CA-01", "Our installers hand it over, so we keep it up to date."),
    claim(165, "leila.rostami", "WORKSHOP", "CL-01"),
    claim(160, "goran.petrusev", "BILLING", "EN-10", "It leaves from our ledger, and we hear what people think of it."),
    claim(155, "saoirse.kaur", "PLANS", "EN-05"),
    claim(
        148, "matteo.bellandi", "FIELD", "CA-08", "Dispatch sends it. We will also fix the ones that go out at night."
    ),
    claim(141, "jelena.marusic", "APP", "CA-12"),
    claim(133, "beatriz.sottomayor", "BILLING", "EN-14", "After every statement the phones ring here anyway."),
    claim(125, "arjun.mehrotra", "WEB", "HP-10", "The form is a page of the shop, even if the contract is not ours."),
    claim(118, "kieran.shah", "SHOPS", "BR-10", "We lend the heaters out; there are nine left in the north."),
    claim(104, "goran.petrusev", "BILLING", "EN-11"),
]

# Asking for what happens elsewhere: somebody has to say yes, or no.
ASKING = [
    claim(
        178,
        "nadia.benhaddou",
        "CRM",
        "WS-09",
        "We write every other mail a customer gets. This one still says “Dear user”.",
    ),
    approve(175, "sunniva.hegge", "CRM", "WS-09", "Yes, please. The shop keeps the data feed, you keep the words."),
    claim(110, "thandiwe.nkosi", "CONTENT", "CL-01", "Posters are content."),
    deny(
        107,
        "leila.rostami",
        "CONTENT",
        "CL-01",
        "We change them on Fridays with whoever hosts on Saturday. Come and help!",
    ),
    claim(96, "ines.carvalhal", "ADVICE", "HP-09", "Customers ask us about the grant before they ask anyone else."),
    deny(
        91,
        "marek.dvorsky",
        "ADVICE",
        "HP-09",
        "The grant line has to answer until eight in the evening, the shops close at six.",
    ),
    claim(82, "henrike.vossen", "FIELD", "CA-05", "Our calendar, our technicians, our apologies when it is wrong."),
    claim(81, "rosalind.achebe", "CONTACT", "CA-05", "Half of them call us after booking, to check that it worked."),
    approve(
        76,
        "signe.dahlgaard",
        "FIELD",
        "CA-05",
        "Whoever drives out owns the calendar. Rosalind's team gets read access this week.",
    ),
    claim(72, "leila.rostami", "WORKSHOP", "CL-14", "Our guests bring the friends."),
    withdraw(69, "leila.rostami", "WORKSHOP", "CL-14"),
    # Given away by the owner's deputy, whose word does not count across units; the handoff with the phones is void.
    claim(6, "matteo.bellandi", "FIELD", "CA-04", "Only dispatch knows the free dates, so dispatch should write."),
    approve(4, "luca.marchetti", "FIELD", "CA-04", "Gladly. The template is yours from Monday."),
    # Nobody answered this one: the house says no when its fourteen days are over.
    claim(46, "matteo.bellandi", "FIELD", "BR-07", "The map shows our cars. When it is wrong, we get the call."),
    claim(17, "kofi.anane", "APP", "BR-07", "It is a page of the app. Matteo, you get the switch that turns it off."),
    # Waiting since last week, on a desk in Online.
    claim(
        10, "thandiwe.nkosi", "CONTENT", "BR-03", "It was last edited four winters ago. We have a better text ready."
    ),
    # Two want it: the executives decide.
    claim(3, "marisol.aguirre", "DELIVERY", "WS-17", "We open the parcel, so we know first that money is due."),
    claim(2, "goran.petrusev", "BILLING", "WS-17", "Money out is money out. Every refund is booked by us."),
    # Just in: for the owner's leads to answer.
    claim(2, "leila.rostami", "WORKSHOP", "CL-02", "We film it, we cut it, and we are in it."),
    claim(1, "annika.stolz", "HEAT", "HP-03", "The numbers behind the calculator are ours, and they are last year's."),
]

# How Rosalind came to answer for everything with a telephone.
PHONES = [
    assign(
        90,
        "marek.dvorsky",
        "HP-06",
        "CONTACT",
        "rosalind.achebe",
        "Somebody has to pick up. Only until the advice team has a line of its own.",
    ),
    assign(
        90,
        "marek.dvorsky",
        "WS-12",
        "CONTACT",
        "rosalind.achebe",
        "It rings in the service centre today, so let us say so.",
    ),
    assign(44, "marek.dvorsky", "CA-07", "CONTACT", "rosalind.achebe", "Goes with booking by phone."),
    assign(
        40, "marek.dvorsky", "CA-13", "CONTACT", "rosalind.achebe", "Complaints need one name. For now it is this one."
    ),
    hand_to(33, "pavel.reyes", "CA-15", "rosalind.achebe"),
    hand_to(33, "pavel.reyes", "WS-05", "rosalind.achebe"),  # while Zainab is away
    assign(
        8,
        "marek.dvorsky",
        "CA-11",
        "CONTACT",
        "rosalind.achebe",
        "Field has no office; the reports are sent from the service centre.",
    ),
    assign(8, "marek.dvorsky", "CA-14", "CONTACT", "rosalind.achebe", "The answers to this letter arrive by phone."),
    assign(8, "marek.dvorsky", "HP-16", "CONTACT", "rosalind.achebe", "It is a call."),
    assign(
        7,
        "marek.dvorsky",
        "CL-10",
        "CONTACT",
        "rosalind.achebe",
        "The number is printed on the card, and it is Rosalind's.",
    ),
]

# What its owner would rather see with somebody else: taken, kept after all, wanted by nobody, and open today.
CALLING = [
    call_for_owner(72, "kieran.shah", "BR-10", 30, "Nine heaters for forty shops: we only drive them about."),
    withdraw_call(66, "kieran.shah", "BR-10"),  # twelve new ones arrived
    call_for_owner(64, "piotr.zawadzki", "EN-07", 21, "It is a web form, and nobody here can change a word of it."),
    claim(57, "beatriz.sottomayor", "BILLING", "EN-07", "What is typed there is on our statement a day later."),
    call_for_owner(18, "arjun.mehrotra", "CA-02", 10, "The page is ours, and nobody here has ever seen a care plan."),
    call_for_owner(
        5,
        "rosalind.achebe",
        "HP-16",
        21,
        "It came to us because it is a call. Whoever built it in has the answers.",
    ),
    call_for_owner(
        3, "nadia.benhaddou", "CL-13", 14, "A voucher is words and a picture; all that we do about it is press send."
    ),
]

# Inês is away until the week after next; Gwen leads Home Advice for her.
STANDING_IN = [
    be_away(9, "ines.carvalhal", after=4, days=17),
    attest(3, "gwen.prydderch", "HP-04"),
    claim(2, "gwen.prydderch", "ADVICE", "HP-06", "The advice team has a line of its own now, since Monday."),
]

# People and departments come and go.
CHANGES = [
    set_technology_owner(150, "yusuf.demirel", "Calendar", "ruth.abernethy"),
    retire(58, "arjun.mehrotra", "CL-14"),
    hand_to(54, "jonas.ekblad", "WS-01", "meiling.tran"),  # a leaver whose desk was cleared in time
    hand_to(54, "jonas.ekblad", "EN-01", "meiling.tran"),
    leave(45, "yusuf.demirel", "oisin.gallagher"),
    transfer(
        38,
        "cornelia.hasselbring",
        "EN-12",
        "PLANS",
        "tariq.mahmoudi",
        "The billing line moves to the plan advisers' floor.",
    ),
    leave(7, "yusuf.demirel", "gerhard.pohl"),  # retires after the last printed catalogue
    move_home(6, "yusuf.demirel", "birgit.sandvik", "CONTENT"),
    archive_department(6, "yusuf.demirel", "PRINT", "CONTENT"),
    release(
        5,
        "adaeze.umeh",
        "WS-15",
        "The new tills cannot book returns. Until they can, this is not a desk we can promise.",
    ),
    release(5, "adaeze.umeh", "CL-05", "No card printer on the new tills either. Back when they are."),
    leave(4, "yusuf.demirel", "piotr.zawadzki"),  # Metering has no deputy
]

# "Is this still yours?" One round in the middle, a second one beginning.
ATTESTING = [
    attest_all(101, "jonas.ekblad", "BRAND"),
    attest_all(101, "thandiwe.nkosi", "CONTENT"),
    attest_all(100, "nadia.benhaddou", "CRM"),
    attest_all(100, "gerhard.pohl", "PRINT"),
    attest_all(99, "adaeze.umeh", "SHOPS"),
    attest_all(99, "sami.haddadin", "ADVICE"),
    attest_all(99, "leila.rostami", "WORKSHOP"),
    attest_all(98, "chloe.delacourt", "WEB", but=["WS-04"]),  # Fatou was on leave, and nobody asked her again
    attest_all(98, "kofi.anane", "APP"),
    attest_all(97, "emeka.nwachukwu", "INSTALL"),
    attest_all(97, "henrike.vossen", "FIELD"),
    attest_all(96, "rosalind.achebe", "CONTACT"),
    attest_all(95, "stefan.ionescu", "DELIVERY"),
    attest_all(94, "saoirse.kaur", "PLANS"),
    attest_all(94, "piotr.zawadzki", "METERING"),
    attest_all(92, "beatriz.sottomayor", "BILLING"),
    # Insight and Heat Pumps never got round to it.
    attest(14, "chloe.delacourt", "HP-03"),
    attest(14, "arjun.mehrotra", "WS-03"),
    attest(13, "thandiwe.nkosi", "CL-02"),
    attest(12, "goran.petrusev", "EN-09"),
    not_mine(3, "emeka.nwachukwu", "CA-01"),  # the leaflet, it turns out, is printed by somebody else
]

# What people said about the flags. A snooze that is over puts them back on the desk they came from.
ANSWERS = [
    snooze(
        66,
        "bram.vandenheuvel",
        "no-owner",
        "CL-08",
        21,
        "The till supplier is here on the 20th. I ask them before I ask anyone else.",
    ),
    snooze_all(
        62,
        "sunniva.hegge",
        "WS-06",
        61,
        "Digital Marketing was split in spring. Who reads the reviews is settled in the autumn planning.",
    ),
    snooze_all(
        62, "sunniva.hegge", "BR-03", 61, "The help pages move to the new system in autumn; then they get a home."
    ),
    snooze_all(
        48, "cornelia.hasselbring", "EN-04", 47, "The sign-up line may close. We count the calls for six weeks first."
    ),
    snooze_all(
        48,
        "cornelia.hasselbring",
        "EN-15",
        47,
        "Depends on the renewal date, which depends on the regulator. Ask me after the hearing.",
    ),
    snooze_all(43, "bram.vandenheuvel", "CL-08", 42, "The supplier sends a new till. One question after the other."),
    waive(
        30,
        "camille.fontenay",
        "no-owner",
        "HP-02",
        75,
        "The signs belong to the people whose garden it is. New ones are decided on with the spring campaign.",
    ),
    waive(
        27,
        "sunniva.hegge",
        "unaccepted-handoff",
        ("WS-03", "WS-05"),
        90,
        "Chat and home page share a stand-up every morning. A paper would only say what they do anyway.",
    ),
    acknowledge(26, "cornelia.hasselbring", "siloed-unit", "Energy Plans"),
    snooze_all(
        16,
        "marek.dvorsky",
        "CA-10",
        45,
        "A pilot with forty households. It ends next month, then it gets an owner or it goes.",
    ),
    acknowledge(15, "signe.dahlgaard", "no-owner", "HP-09"),
    acknowledge(2, "bram.vandenheuvel", "coverage-drop", "Shops"),
]

# How it shall be one day.
PLANNED = [
    plan_journey(
        35,
        "mateus.figueira",
        "Moving house, without a form",
        persona="Dilan",
        stages={
            "Plan the move": [
                ("Tell us the date in the app", "app", "Online"),
                ("Tell us the date by phone", "phone", "Heat & Service"),
            ],
            "The last day": [("Photo of the old meter", "app", "Online")],
            "The first evening": [
                ("Heating already warm", "product", "Heat & Service"),
                ("Welcome call", "phone", "Heat & Service"),
            ],
        },
    ),
]

# The agency that writes for the Club works on its journey, and sees that one.
SHARED = [share_journey(24, "camille.fontenay", "CL-01", "odile.marchand@paperkite.example", days=180)]

STORY: list[Act] = [
    *TAKING, *ASKING, *PHONES, *CALLING, *STANDING_IN, *CHANGES, *ATTESTING, *ANSWERS, *AGREEMENTS, *PLANNED, *SHARED,
]  # fmt: skip
