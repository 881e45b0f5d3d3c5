"""The orders: a dish a person, some sides and drinks, by taste, habit and what others like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator

from restaurant_simulator.menu import COURSES, TASTES
from restaurant_simulator.truth import Truth

PLATES_A_PERSON = {"main": 1.0, "side": 0.35, "drink": 0.6}
ADDED_DISH_WEIGHT = 0.8
POPULARITY_STEP = 0.9


@dataclass(frozen=True)
class Kitchen:
    """What is needed to say which dishes are chosen."""

    truth: Truth
    menu: pd.DataFrame
    rng: Generator

    def plates(self, visits: pd.DataFrame, guests: pd.DataFrame, course: str) -> pd.DataFrame:
        """One row a plate of a course; the favourite with chance `habit`, else by taste.

        A favourite is chosen from the menu of the guest's first visit, and then stays.
        """
        count = self.rng.binomial(visits["party_size"], PLATES_A_PERSON[course])
        plates = visits.loc[visits.index.repeat(count), ["visit_id", "guest_id", "taste", "grown"]]
        favourite = pd.Series(self.by_taste(guests, course), index=guests["guest_id"])
        by_taste = self.by_taste(plates, course)
        habitual = self.rng.random(len(plates)) < self.truth.habit
        item = np.where(habitual, plates["guest_id"].map(favourite).to_numpy(), by_taste)
        return pd.DataFrame({"visit_id": plates["visit_id"].to_numpy(), "item_id": item})

    def by_taste(self, rows: pd.DataFrame, course: str) -> np.ndarray:
        """A dish for each row's `taste`, from the menu as it was or as it had `grown`."""
        dishes = self.menu[self.menu["category"] == course]
        item = np.empty(len(rows), dtype=object)
        for taste in TASTES:
            for grown in (False, True):
                alike = (rows["taste"].eq(taste) & rows["grown"].eq(grown)).to_numpy()
                weights = self.weights(dishes, taste, grown=grown)
                item[alike] = self.rng.choice(dishes["item_id"].to_numpy(), alike.sum(), p=weights)
        return item

    def weights(self, dishes: pd.DataFrame, taste: str, *, grown: bool) -> np.ndarray:
        """Chances of dishes: those further down the card, and added ones, are chosen less."""
        added = (dishes["added_on"] == self.truth.menu_day).to_numpy()
        place = np.where(added, np.cumsum(added), np.cumsum(~added)) - 1
        liked = np.where(dishes["taste"] == taste, self.truth.taste_pull, 1.0)
        offered = np.where(added, ADDED_DISH_WEIGHT * grown, 1.0)
        weights: np.ndarray = POPULARITY_STEP**place * liked * offered
        shares: np.ndarray = weights / weights.sum()
        return shares


def make_orders(visits: pd.DataFrame, guests: pd.DataFrame, kitchen: Kitchen) -> pd.DataFrame:
    """One row a visit and dish, with quantity and price; both tables need `taste` and `grown`."""
    plates = [kitchen.plates(visits, guests, course) for course in COURSES]
    orders = pd.concat(plates).groupby(["visit_id", "item_id"], as_index=False).size()
    prices = kitchen.menu.set_index("item_id")["price"]
    orders["price"] = orders["item_id"].map(prices)
    return orders.rename(columns={"size": "quantity"})
