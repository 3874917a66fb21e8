"""What is sold: the catalogue, its price lists, and the lines of a deal."""

from typing import Final

from cardfile.deals.tables import DealLine, Price, Product
from cardfile.model.entities import Entity, Everyone
from cardfile.model.fields import Field, Kind

__all__ = ["PRODUCT_ENTITIES", "deal_lines", "prices", "products"]

NAME: Final = {"en": "Name", "ru": "Название"}
UNIT: Final = {"en": "Unit", "ru": "Единица"}
PRICE: Final = {"en": "Price", "ru": "Цена"}
VAT: Final = {"en": "VAT", "ru": "НДС"}
ORDER: Final = {"en": "Place in the list", "ru": "Место в списке"}

products = Entity(
    Product,
    label={"en": "Product", "ru": "Товар"},
    plural={"en": "Products", "ru": "Товары и услуги"},
    collection="products",
    description="A product or service of the catalogue.",
    fields=(
        Field(
            "name",
            NAME,
            Kind.TEXT,
            required=True,
            max_length=300,
            folded="sort_name",
            synonyms=(
                "товар",
                "услуга",
                "наименование",
                "номенклатура",
                "назва",
                "найменування",
                "послуга",
                "тауар",
                "атауы",
                "қызмет",
                "product",
                "item",
            ),
            slots=("header", "list", "card"),
            position=10,
        ),
        Field(
            "code",
            {"en": "Code", "ru": "Артикул"},
            Kind.TEXT,
            max_length=100,
            synonyms=("код", "sku", "article", "артикул товару", "коды"),
            slots=("list", "card"),
            position=20,
        ),
        Field(
            "category",
            {"en": "Category", "ru": "Категория"},
            Kind.TEXT,
            synonyms=("группа", "раздел", "категорія", "група", "розділ", "санаты", "тобы"),
        ),
        Field(
            "unit",
            UNIT,
            Kind.TEXT,
            max_length=40,
            synonyms=("ед. изм.", "ед", "unit", "од. вим.", "одиниця", "өлшем бірлігі", "өлш. бірл."),
        ),
        Field(
            "price",
            PRICE,
            Kind.MONEY,
            synonyms=(
                "стоимость",
                "цена за единицу",
                "ціна",
                "вартість",
                "роздрібна ціна",
                "бағасы",
                "баға",
                "құны",
                "розничная цена",
            ),
            hint={"en": "Where no price list says otherwise", "ru": "Если в прайсе нет другой"},
            slots=("list", "card"),
            position=30,
        ),
        Field(
            "vat", VAT, Kind.PERCENT, synonyms=("ставка ндс", "налог", "пдв", "ставка пдв", "ққс", "vat rate")
        ),
        Field("on_sale", {"en": "On sale", "ru": "Продаётся"}, Kind.BOOLEAN, default=True),
    ),
    visibility=Everyone(),
    unique=("code",),
    alike=(("name",),),
    order=("name", "id"),
    title="name",
    search=("name", "code"),
    importable=True,
)

prices = Entity(
    Price,
    label={"en": "Price", "ru": "Цена"},
    plural={"en": "Prices", "ru": "Цены"},
    collection="prices",
    description="What a product costs by a price list, from a day on.",
    fields=(
        Field("price_list", {"en": "Price list", "ru": "Прайс"}, Kind.TEXT, max_length=100, default=""),
        Field("amount", PRICE, Kind.MONEY, required=True),
        Field("valid_from", {"en": "Valid from", "ru": "Действует с"}, Kind.DATE),
    ),
    on="product",
    unique=(("product", "price_list", "amount_currency", "valid_from"),),
    alike=(("product", "price_list", "valid_from"), ("product", "price_list"), ("product",)),
    order=("price_list", "-valid_from", "id"),
    title="price_list",
    importable=True,
)

deal_lines = Entity(
    DealLine,
    label={"en": "Line", "ru": "Позиция"},
    plural={"en": "Lines", "ru": "Позиции"},
    collection="lines",
    description="One thing that is sold in a deal; its sum is quantity times price, less the discount.",
    fields=(
        Field("product", {"en": "Product", "ru": "Товар"}, Kind.REFERENCE, to="product", position=10),
        Field(
            "name",
            NAME,
            Kind.TEXT,
            max_length=300,
            synonyms=("товар", "услуга", "наименование", "позиция", "item"),
            position=20,
            slots=("header", "list", "card"),
        ),
        Field(
            "quantity",
            {"en": "Quantity", "ru": "Количество"},
            Kind.DECIMAL,
            scale=3,
            default=1_000,
            position=30,
            slots=("list", "card"),
        ),
        Field("unit", UNIT, Kind.TEXT, max_length=40, position=40),
        Field("price", PRICE, Kind.MONEY, position=50, slots=("list", "card")),
        Field(
            "price_list",
            {"en": "Price list", "ru": "Прайс"},
            Kind.TEXT,
            max_length=100,
            hint={"en": "From which the price is taken", "ru": "Из которого берётся цена"},
            position=51,
        ),
        Field("discount", {"en": "Discount", "ru": "Скидка"}, Kind.PERCENT, position=60),
        Field("vat", VAT, Kind.PERCENT, position=70),
        Field(
            "amount",
            {"en": "Sum", "ru": "Сумма"},
            Kind.MONEY,
            read_only=True,
            position=80,
            slots=("list", "card"),
        ),
        Field("position", ORDER, Kind.INTEGER, default=100, slots=()),
    ),
    on="deal",
    alike=(("deal", "name"), ("deal", "product")),
    order=("position", "id"),
    title="name",
    importable=True,
)

PRODUCT_ENTITIES: Final = (products, prices, deal_lines)
"""The catalogue and what deals take from it, in the order of their declaration."""
