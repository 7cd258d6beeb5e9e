"""The board of a team: its team and rights, what stands around the cards, the cards, and how they lie."""

from sprints.queries.board.cards import CardData, CardRow, card_rows, cards_data
from sprints.queries.board.facts import BoardFacts, ColumnRow, LabelRow, PersonRow, SprintRow, board_facts
from sprints.queries.board.layout import Cell, Lane, Numbers, lanes_of, numbers_of
from sprints.queries.board.team import BoardTeam, board_team

__all__ = [
    "BoardFacts",
    "BoardTeam",
    "CardData",
    "CardRow",
    "Cell",
    "ColumnRow",
    "LabelRow",
    "Lane",
    "Numbers",
    "PersonRow",
    "SprintRow",
    "board_facts",
    "board_team",
    "card_rows",
    "cards_data",
    "lanes_of",
    "numbers_of",
]
