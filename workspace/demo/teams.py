"""The four teams of Larkmoor: who is in them, what they want of each sprint, and what people said about their work.

Each team took thirty stories along from the old tracker (`data/stories.csv`), numbered in the order in which they come:
1 to 5 for the first sprint, to 10 for the second, to 15 for the third, to 18 for the fourth; the others wait.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team: its letter stands before the numbers of its stories; people by handle, members with their allocation.

    `left_over` are the stories that were not done in the sprint that they were meant for; the last of the third
    sprint are still under way, or waited for.
    """

    key: str
    letter: str
    name: str
    description: str
    owner: str
    master: str
    members: dict[str, int]
    goals: tuple[str, str, str, str]
    left_over: tuple[int, int]
    initiative: str
    blocked: tuple[int, str]
    unplanned: tuple[str, str, str, int]  # title, why, touchpoint, points

    def ids(self, first: int, last: int) -> list[str]:
        """The external ids of some of its stories."""
        return [self.id(number) for number in range(first, last + 1)]

    def id(self, number: int) -> str:
        """The external id of a story."""
        return f"{self.letter}-{number:02}"


TEAMS = [
    DemoTeam(
        key="WARM",
        letter="W",
        name="Warm Homes",
        description="From the first “what does it cost?” to a signed contract for a heat pump.",
        owner="meiling.tran",
        master="sami.haddadin",
        members={"youssef.eltayeb": 60, "chloe.delacourt": 80, "ayaka.morishita": 50},
        goals=(
            "Somebody who is curious finds a number they believe.",
            "The quote answers the question that people ask first.",
            "One page, one price: the quote is shorter than the brochure.",
            "Spring: the calculator leaves the website.",
        ),
        left_over=(5, 10),
        initiative="First winter without worry",
        blocked=(13, "The Okafor family moves its interview to the week after next."),
        unplanned=(
            "Correct the grant amount in the calculator",
            "The ministry changed the amount on Monday; the old one is wrong by 900 euros.",
            "HP-03",
            2,
        ),
    ),
    DemoTeam(
        key="ORDER",
        letter="O",
        name="Order to Doorstep",
        description="Whatever happens between the basket and the shelf at home, and back again.",
        owner="marisol.aguirre",
        master="viktor.szalai",
        members={"fatou.diarra": 100, "zainab.farouqi": 40, "luca.marchetti": 50},
        goals=(
            "Nobody loses a basket to a password.",
            "Fewer calls that begin with “where is”.",
            "A refund says when it will be there.",
            "The shop around the corner is part of the web shop.",
        ),
        left_over=(5, 8),
        initiative="Money back in three days",
        blocked=(13, "Waits for labels that the sorting centre can read. Promised for Thursday."),
        unplanned=(
            "Parcels for the islands show no delivery day",
            "The carrier changed its file at night, and everybody north of the bridge calls.",
            "WS-11",
            3,
        ),
    ),
    DemoTeam(
        key="BACK",
        letter="B",
        name="Back to Warm",
        description="When the heating stops: from the code on the display to a warm evening.",
        owner="matteo.bellandi",
        master="joanna.whitcombe",
        members={"ifeoma.eze": 60, "jelena.marusic": 60, "hanna.virtala": 50},
        goals=(
            "Walter knows what to do before he calls.",
            "Whoever waits knows for whom, and until when.",
            "A spare part that is on its way says so.",
            "A date can be moved by whoever made it.",
        ),
        left_over=(1, 6),
        initiative="First winter without worry",
        blocked=(13, "The telephone system cannot call back before its update. Anders has asked the supplier twice."),
        unplanned=(
            "Emergency line: say that the storm is known",
            "Two thousand houses without power since Sunday, and each of them calls once an hour.",
            "BR-04",
            1,
        ),
    ),
    DemoTeam(
        key="CLUB",
        letter="C",
        name="Club Evenings",
        description="People who come for a workshop, and stay because they like it.",
        owner="thandiwe.nkosi",
        master="elif.aydogan",
        members={"pedro.alvarinho": 70, "minhquan.ho": 60, "rafael.quintana": 80, "nomvula.dlamini": 20,
                 "ayaka.morishita": 30},
        goals=(
            "Every seat in a workshop can be found from the sofa.",
            "The newsletter has one idea, and people remember it.",
            "Points are there before the receipt is lost.",
            "The Club fits into a phone.",
        ),
        left_over=(3, 9),
        initiative="A Club without a card",
        blocked=(11, "The tills send their sales at night only, and nobody knows whom to ask about the tills."),
        unplanned=(
            "Take the wrong date off the workshop posters",
            "Printed with the Saturday of last year; eleven shops have put them up.",
            "CL-01",
            1,
        ),
    ),
]  # fmt: skip

INITIATIVES = {
    "First winter without worry": (
        "meiling.tran",
        "Whoever changes the heating in summer is calm in January.",
    ),
    "Money back in three days": ("marisol.aguirre", "From the counter to the account, and a word at each step."),
    "A Club without a card": (
        "thandiwe.nkosi",
        "Points, vouchers and seats live in the phone.",
    ),
}

# Label -> tone. The tracker knew no colours.
TONES = {
    "quote": 2, "numbers": 3, "campaign": 5, "advice": 4, "checkout": 2, "delivery": 6, "refund": 7, "mail": 3,
    "visit": 4, "booking": 6, "app": 5, "workshop": 2, "reel": 7, "points": 8, "print": 4,
}  # fmt: skip

# Who is away: handle, first and last day, counted from the Monday on which the active sprint began.
ABSENCES = [
    ("sami.haddadin", 3, 4),
    ("youssef.eltayeb", 21, 25),
    ("fatou.diarra", 8, 9),
    ("zainab.farouqi", 14, 18),
    ("ifeoma.eze", 14, 15),
    ("pedro.alvarinho", 7, 11),
    ("nomvula.dlamini", 17, 18),
]

# Story -> what has to be done for it: the lines of its checklist, and how many are ticked.
CHECKLISTS = {
    "W-11": (
        2,
        ["Price after the grant", "What it replaces", "Read by an outsider", "Legal has seen it"],
    ),
    "W-13": (1, ["Families asked", "Consent signed", "Text", "Pictures"]),
    "O-11": (1, ["Dates from the warehouse", "Dates from the bank", "Text of the mail"]),
    "O-12": (2, ["Sign-in for the hotline", "Map", "Half a day of training"]),
    "B-11": (1, ["Ordered", "Sent", "In the van"]),
    "B-13": (0, ["Free slots from dispatch", "Call-back list", "Tried out for a week"]),
    "C-11": (1, ["Ask about the till file", "Sales every hour", "Show them in the app"]),
    "C-13": (3, ["Dates", "Texts", "Pictures", "Proof from the printer"]),
}

# Comments: day from the Monday of the active sprint, story, who, what. A name behind an @ is told.
COMMENTS = [
    (-26, "W-01", "youssef.eltayeb", "The tariff in row 14 is from two winters ago. I send you the new table."),
    (
        -25,
        "O-01",
        "zainab.farouqi",
        "@Viktor Szalai that is the one they call about, every evening around nine.",
    ),
    (-24, "B-01", "matteo.bellandi", "Six codes are two thirds of the calls. I counted."),
    (-21, "C-03", "pedro.alvarinho", "Please show **zero** seats too. People ask for the next date then."),
    (
        -12,
        "W-06",
        "sami.haddadin",
        "People read page one to each other. @Youssef El-Tayeb can the grant stand there?",
    ),
    (-11, "O-07", "fatou.diarra", "Shops would love to see this as well."),
    (-10, "B-09", "hanna.virtala", "In the interviews nobody remembered the reminder. They remembered the *date*."),
    (-7, "C-07", "nomvula.dlamini", "Our letter about the statement has one idea too, and it is the wrong one."),
    (0, "W-11", "meiling.tran", "@Annika Stolz we need the numbers by Wednesday, the rest is written."),
    (1, "W-11", "annika.stolz", "You have them. Mind the cylinder: it is *not* part of the grant."),
    (1, "O-11", "luca.marchetti", "@Goran Petrušev who can tell us when the bank has booked it?"),
    (2, "O-11", "goran.petrusev", "We can, every morning at seven. @Marisol Aguirrezabal shall I send you a sample?"),
    (
        1,
        "B-11",
        "ifeoma.eze",
        "@Matteo Bellandi the supplier's list comes daily. Better than nine days of nothing.",
    ),
    (3, "B-12", "hanna.virtala", "Tried with five people over seventy: four did the right thing, one called his son."),
    (1, "C-11", "minhquan.ho", "@Ruth Abernethy whose is the till? It stands in every shop and in no list."),
    (2, "C-11", "ruth.abernethy", "It came with the shops in 2016. Honestly: nobody's."),
    (3, "C-13", "thandiwe.nkosi", "@Ayaka Morishita lovely. Could the lamp be on?"),
    (7, "W-11", "chloe.delacourt", "Looks good on a phone now."),
    (8, "O-12", "zainab.farouqi", "First call answered without asking the driver."),
]

# Experiments say what they expect, and what came of it: story, hypothesis, metric, result ("" while it runs).
EXPERIMENTS = [
    ("W-07", "A face brings more visits to the calculator than a house does.", "Visits per 1,000 views",
     "14 with the face, 11 with the house. We take the face."),
    ("O-09", "Photos of customers answer what the product page does not.", "Orders per visit, returns", ""),
    ("B-05", "One question is answered by three times as many people as ten.", "Share of answers",
     "41 % instead of 12 %. The comments are longer, too."),
    ("C-07", "A newsletter with one idea is opened by as many, and clicked by more.", "Clicks per opened mail", ""),
]  # fmt: skip

APPROVERS = ("camille.fontenay", "proofs@bluetin-print.example", "Blue Tin Print")
