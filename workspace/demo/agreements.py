"""What departments promised each other at the crossings: proposed by one lead, accepted or declined by the other."""

from __future__ import annotations

from workspace.demo.acts import agree, confirm, decline, not_kept, propose

AGREEMENTS = [
    *agree(168, "HP-01", "HP-03", "Motif, offer and date of a campaign, before the first advert runs.", within=48),
    *agree(166, "WS-07", "WS-09", "Order data with the promised delivery day.", within=1),
    *agree(166, "WS-08", "WS-09", "Order data with the promised delivery day.", within=1),
    *agree(163, "HP-04", "HP-07", "Name, address and the notes of the evening, on one page.", within=72),
    *agree(161, "HP-05", "HP-07", "Summary of the call and the photos of the boiler room.", within=24),
    *agree(158, "WS-02", "WS-03", "Catalogue pages as they will be printed, with article numbers.", within=240),
    *agree(152, "CL-02", "CL-03", "Which workshops get a reel, so that there are seats left.", within=72),
    *agree(147, "CL-06", "CL-07", "New member with consent and the shop they came from.", within=2),
    *agree(146, "CL-05", "CL-07", "Card number and name, typed in at the till.", within=24),
    *agree(
        139, "WS-14", "WS-15", "Parcel number, so that the shop can take anything back without the paper.", within=12
    ),
    *agree(137, "WS-11", "WS-13", "Message to the shop when the parcel is on the van.", within=4),
    *agree(131, "EN-01", "EN-02", "Prices and terms, before the comparison site shows them.", within=24),
    *agree(128, "HP-03", "HP-04", "What the customer typed about their house, so that nobody asks twice.", within=24),
    *agree(128, "HP-03", "HP-05", "What the customer typed about their house, so that nobody asks twice.", within=24),
    *agree(122, "CA-04", "CA-06", "Who gets the reminder this week, so that the phones are staffed.", within=48),
    *agree(120, "HP-10", "HP-11", "Signed contract and the photos of the survey.", within=24),
    *agree(115, "BR-08", "BR-10", "A call from the van: one heater, and until when.", within=1),
    *agree(109, "HP-13", "HP-14", "Serial number and the customer's sign-in, tried out together.", within=4),
    *agree(103, "WS-01", "WS-03", "Search terms and landing pages of the week.", within=24),
    *agree(88, "CL-04", "CL-06", "List of guests who asked for the Club.", within=24),
    *agree(86, "CL-09", "CL-11", "Points balance of the night, for the newsletter.", within=12),
    *agree(84, "CL-09", "CL-12", "Points balance at the end of the month, for the magazine.", within=72),
    *agree(79, "CA-02", "CA-03", "Name and question from the form, so that we call prepared.", within=4),
    # Agreed, not kept, and kept again; and one that is not kept now.
    not_kept(61, "kofi.anane", "HP-13", "HP-14", "Serial numbers come on paper again, a week after the installation."),
    confirm(57, "emeka.nwachukwu", "HP-13", "HP-14"),
    confirm(55, "kofi.anane", "HP-13", "HP-14"),
    not_kept(
        5, "adaeze.umeh", "WS-11", "WS-13", "Since the new vans, three messages in ten come after the parcel itself."
    ),
    # Answered with no, and not answered.
    propose(57, "WS-09", "WS-10", "Order number and what was promised, on the first ring.", within=1),
    decline(53, "WS-09", "WS-10", "We answer for calls about orders, not for a mail that we have never seen."),
    propose(12, "HP-14", "HP-15", "A note when the app shows a house under 16 degrees.", within=1),
    propose(3, "WS-13", "WS-16", "What came back over the counter, so that the van is booked.", within=24),
    propose(6, "CL-07", "CL-09", "Welcome voucher, visible in the app.", within=24),
]
