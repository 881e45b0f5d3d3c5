"""The menu: 24 dishes that say what they are, and 22 that were added and hardly do."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pandas as pd

from restaurant_simulator.truth import Truth

TASTES = ("spicy", "mild", "seafood", "meat", "green")
COURSES = ("main", "side", "drink")
OPENED = date(2023, 3, 2)


class Dish(NamedTuple):
    """A dish; `taste` is hidden from the tables, and empty where everybody likes it alike."""

    name: str
    name_ko: str
    category: str
    price: int
    taste: str
    description: str = ""


FIRST_MENU = (
    Dish(
        "Kimchi stew",
        "김치찌개",
        "main",
        11000,
        "spicy",
        "Two-year kimchi and pork belly, simmered an hour; hot, with a bowl of rice",
    ),
    Dish(
        "Soybean paste stew",
        "된장찌개",
        "main",
        10500,
        "mild",
        "House soybean paste with tofu, courgette and potato; mild, with rice",
    ),
    Dish(
        "Bibimbap",
        "비빔밥",
        "main",
        12000,
        "green",
        "Rice under seven vegetables and a fried egg; chilli paste on the side",
    ),
    Dish(
        "Bulgogi",
        "불고기",
        "main",
        16500,
        "meat",
        "Thin beef in soy and pear, grilled to order, with lettuce to wrap it in",
    ),
    Dish(
        "Grilled mackerel",
        "고등어구이",
        "main",
        13500,
        "seafood",
        "Half a Jeju mackerel, salted overnight and grilled, with rice and soup",
    ),
    Dish(
        "Spicy pork",
        "제육볶음",
        "main",
        13000,
        "spicy",
        "Pork shoulder fried with onion in chilli sauce; hot, enough for one",
    ),
    Dish(
        "Ginseng chicken soup",
        "삼계탕",
        "main",
        17000,
        "mild",
        "A whole young chicken filled with rice and ginseng; mild and filling",
    ),
    Dish(
        "Braised short ribs",
        "갈비찜",
        "main",
        19500,
        "meat",
        "Beef ribs braised four hours in soy with chestnut and radish; sweet",
    ),
    Dish(
        "Seafood soft tofu stew",
        "해물순두부",
        "main",
        12500,
        "seafood",
        "Soft tofu with clams, shrimp and squid; hot, an egg to stir in",
    ),
    Dish(
        "Perilla noodle soup",
        "들깨칼국수",
        "main",
        11500,
        "green",
        "Hand-cut noodles in a thick perilla broth; no meat, nutty and warm",
    ),
    Dish(
        "Cold buckwheat noodles",
        "물냉면",
        "main",
        12500,
        "",
        "Buckwheat noodles in iced beef broth with pear and mustard; sour, cold",
    ),
    Dish(
        "Seafood pancake",
        "해물파전",
        "side",
        14000,
        "seafood",
        "Spring onion pancake with squid and shrimp, crisp edges; for two or three",
    ),
    Dish(
        "Rolled omelette",
        "계란말이",
        "side",
        8500,
        "mild",
        "Five eggs rolled with carrot and leek; soft, the children's favourite",
    ),
    Dish(
        "Rice cakes in chilli sauce",
        "떡볶이",
        "side",
        8000,
        "spicy",
        "Chewy rice cakes and fish cake in sweet chilli sauce; quite hot",
    ),
    Dish(
        "Beef tartare",
        "육회",
        "side",
        17500,
        "meat",
        "Raw beef rump with pear, sesame oil and a yolk; fresh daily, for two",
    ),
    Dish(
        "Acorn jelly salad",
        "도토리묵",
        "side",
        9000,
        "green",
        "Acorn jelly with cucumber and herbs in soy dressing; light, no meat",
    ),
    Dish(
        "Steamed egg",
        "계란찜",
        "side",
        6500,
        "mild",
        "Egg steamed in a stone pot until it rises; light, goes with anything hot",
    ),
    Dish(
        "Pork dumplings",
        "고기만두",
        "side",
        8000,
        "meat",
        "Six steamed dumplings with pork, leek and glass noodles; made here",
    ),
    Dish(
        "Barley tea",
        "보리차",
        "drink",
        3000,
        "mild",
        "Roasted barley, cold or hot, a jug for the table; no caffeine",
    ),
    Dish(
        "Makgeolli",
        "막걸리",
        "drink",
        7000,
        "spicy",
        "Cloudy rice wine from Yangpyeong, 6 %; sweet and sour, a 750 ml bottle",
    ),
    Dish(
        "Soju", "소주", "drink", 5500, "meat", "The usual bottle of 360 ml, 16 %; served very cold"
    ),
    Dish("Beer", "맥주", "drink", 6000, "", "Lager of the house, 500 ml from the tap, 4.8 %"),
    Dish(
        "Plum tea",
        "매실차",
        "drink",
        5000,
        "green",
        "Green plum syrup of our own with soda; sweet and sour, cold",
    ),
    Dish(
        "Clear rice wine",
        "청주",
        "drink",
        9000,
        "seafood",
        "Clear rice wine, 13 %, served cool; dry, chosen for grilled fish",
    ),
)

ADDED_DISHES = (
    Dish("Special stew", "특선찌개", "main", 11500, "spicy", "Special"),
    Dish("Fire chicken", "불닭", "main", 14000, "spicy", "Very popular!"),
    Dish("House stew 2", "우리집찌개 2", "main", 11000, "mild"),
    Dish("Chef's rice", "셰프 덮밥", "main", 12500, "mild", "Chef's choice"),
    Dish("White soup", "백탕", "main", 13000, "mild"),
    Dish("Premium set A", "프리미엄 A", "main", 17500, "meat", "Set A"),
    Dish("Premium set B", "프리미엄 B", "main", 16500, "meat", "Set B"),
    Dish("Ocean bowl", "바다 한 그릇", "main", 14000, "seafood", "From the sea"),
    Dish("Octopus special", "낙지 특선", "main", 14500, "seafood"),
    Dish("Green plate", "그린 플레이트", "main", 12000, "green", "Healthy"),
    Dish("Temple bowl", "사찰 한 그릇", "main", 12500, "green"),
    Dish("Fusion noodles", "퓨전 국수", "main", 12500, "", "New"),
    Dish("Hot plate", "핫플레이트", "side", 9000, "spicy", "Hot"),
    Dish("Soft side", "부드러운 한 접시", "side", 7500, "mild"),
    Dish("Mixed plate", "모둠 접시", "side", 14500, "meat", "Mixed"),
    Dish("Sea plate", "바다 접시", "side", 13500, "seafood"),
    Dish("Garden plate", "텃밭 접시", "side", 8500, "green", "Seasonal"),
    Dish("Surprise side", "오늘의 곁들임", "side", 9500, "", "Ask us"),
    Dish("Signature drink", "시그니처 음료", "drink", 7000, "", "Signature"),
    Dish("Red cooler", "레드 쿨러", "drink", 6000, "spicy"),
    Dish("Cloud tea", "구름차", "drink", 5000, "mild", "New"),
    Dish("Garden soda", "가든 소다", "drink", 5000, "green"),
)


def make_menu(truth: Truth) -> pd.DataFrame:
    """One row a dish, in the order in which dishes were added; with its hidden `taste`."""
    menu = pd.DataFrame([*FIRST_MENU, *ADDED_DISHES])
    added = [OPENED] * len(FIRST_MENU) + [truth.menu_day] * len(ADDED_DISHES)
    words = menu["description"].map(lambda text: len(text.split()))
    menu = menu.assign(description_words=words, added_on=added)
    menu.insert(0, "item_id", [f"M{number:02d}" for number in range(1, len(menu) + 1)])
    return menu


def menu_table(menu: pd.DataFrame) -> pd.DataFrame:
    """`menu.csv`: the menu without what is hidden."""
    return menu.drop(columns="taste")
