"""The municipalities that the replica lists: real names and codes, about a third of the country.

Codes, names, categories and parents are those of the Municipal Demarcation Board as carried by National
Treasury's public geography table (OpenUpSA/municipal-data); points are towns from GeoNames (CC BY 4.0).
"""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """One municipality: category A (metro), B (local) or C (district); degrees or None where unknown."""

    code: str
    name: str
    province: str
    category: str
    district: str  # code of the parent district of a local municipality, else ""
    latitude: float | None
    longitude: float | None

    @property
    def label(self) -> str:
        """Name and code as the dashboard prints them: `Greater Giyani - [LIM331]`."""
        return f"{self.name} - [{self.code}]"


PROVINCES = {
    "EC": "Eastern Cape",
    "FS": "Free State",
    "GT": "Gauteng",
    "KZN": "KwaZulu-Natal",
    "LIM": "Limpopo",
    "MP": "Mpumalanga",
    "NC": "Northern Cape",
    "NW": "North West",
    "WC": "Western Cape",
}

# Kamiesberg never gets a project, so that there always is a municipality with an empty grid.
ALWAYS_EMPTY = "NC064"

PLACES = (
    Place("BUF", "Buffalo City", "EC", "A", "", -33.0153, 27.9116),
    Place("NMA", "Nelson Mandela Bay", "EC", "A", "", -33.9611, 25.6149),
    Place("DC10", "Sarah Baartman", "EC", "C", "", -33.9611, 25.6149),
    Place("DC12", "Amathole", "EC", "C", "", -33.0153, 27.9116),
    Place("DC13", "Chris Hani", "EC", "C", "", -31.8976, 26.8753),
    Place("EC101", "Dr Beyers Naudé", "EC", "B", "DC10", -32.2522, 24.5308),
    Place("EC104", "Makana", "EC", "B", "DC10", -33.3042, 26.5328),
    Place("EC121", "Mbhashe", "EC", "B", "DC12", None, None),
    Place("EC122", "Mnquma", "EC", "B", "DC12", -32.3308, 28.1498),
    Place("EC124", "Amahlathi", "EC", "B", "DC12", -32.5708, 27.4240),
    Place("EC126", "Ngqushwa", "EC", "B", "DC12", -33.2006, 27.1138),
    Place("EC131", "Inxuba Yethemba", "EC", "B", "DC13", -32.1642, 25.6192),
    Place("EC136", "Emalahleni", "EC", "B", "DC13", -31.7031, 27.2329),
    Place("EC139", "Enoch Mgijima", "EC", "B", "DC13", -31.8976, 26.8753),
    Place("MAN", "Mangaung", "FS", "A", "", -29.1211, 26.2140),
    Place("DC18", "Lejweleputswa", "FS", "C", "", -27.9774, 26.7351),
    Place("DC19", "Thabo Mofutsanyana", "FS", "C", "", -28.5242, 28.8158),
    Place("FS184", "Matjhabeng", "FS", "B", "DC18", -27.9774, 26.7351),
    Place("FS185", "Nala", "FS", "B", "DC18", -27.3887, 26.6170),
    Place("FS192", "Dihlabeng", "FS", "B", "DC19", -28.2308, 28.3071),
    Place("FS194", "Maluti-a-Phofung", "FS", "B", "DC19", -28.5242, 28.8158),
    Place("EKU", "City of Ekurhuleni", "GT", "A", "", -26.2348, 28.1766),
    Place("JHB", "City of Johannesburg", "GT", "A", "", -26.2023, 28.0436),
    Place("TSH", "City of Tshwane", "GT", "A", "", -25.7449, 28.1878),
    Place("DC42", "Sedibeng", "GT", "C", "", -26.6731, 27.9261),
    Place("DC48", "West Rand", "GT", "C", "", -26.1844, 27.7020),
    Place("GT421", "Emfuleni", "GT", "B", "DC42", -26.7117, 27.8379),
    Place("GT423", "Lesedi", "GT", "B", "DC42", -26.5048, 28.3592),
    Place("GT481", "Mogale City", "GT", "B", "DC48", -26.0858, 27.7752),
    Place("GT485", "Rand West City", "GT", "B", "DC48", -26.1844, 27.7020),
    Place("ETH", "eThekwini", "KZN", "A", "", -29.8579, 31.0292),
    Place("DC21", "Ugu", "KZN", "C", "", -30.7414, 30.4550),
    Place("DC23", "Uthukela", "KZN", "C", "", -28.5587, 29.7790),
    Place("DC26", "Zululand", "KZN", "C", "", -28.3352, 31.4162),
    Place("DC28", "King Cetshwayo", "KZN", "C", "", -28.7830, 32.0377),
    Place("KZN213", "Umzumbe", "KZN", "B", "DC21", None, None),
    Place("KZN216", "Ray Nkonyeni", "KZN", "B", "DC21", -30.7414, 30.4550),
    Place("KZN237", "Inkosi Langalibalele", "KZN", "B", "DC23", -29.0127, 29.8662),
    Place("KZN238", "Alfred Duma", "KZN", "B", "DC23", -28.5587, 29.7790),
    Place("KZN263", "Abaqulusi", "KZN", "B", "DC26", -27.7695, 30.7917),
    Place("KZN265", "Nongoma", "KZN", "B", "DC26", -27.9097, 31.6482),
    Place("KZN266", "Ulundi", "KZN", "B", "DC26", -28.3352, 31.4162),
    Place("KZN282", "uMhlathuze", "KZN", "B", "DC28", -28.7830, 32.0377),
    Place("KZN286", "Nkandla", "KZN", "B", "DC28", -28.6207, 31.0907),
    Place("DC33", "Mopani", "LIM", "C", "", -23.3025, 30.7187),
    Place("DC34", "Vhembe", "LIM", "C", "", -22.9456, 30.4850),
    Place("DC36", "Waterberg", "LIM", "C", "", -24.7000, 28.4000),
    Place("LIM331", "Greater Giyani", "LIM", "B", "DC33", -23.3025, 30.7187),
    Place("LIM332", "Greater Letaba", "LIM", "B", "DC33", -23.6934, 30.1400),
    Place("LIM333", "Greater Tzaneen", "LIM", "B", "DC33", -23.8332, 30.1635),
    Place("LIM334", "Ba-Phalaborwa", "LIM", "B", "DC33", -23.9430, 31.1411),
    Place("LIM343", "Thulamela", "LIM", "B", "DC34", -22.9456, 30.4850),
    Place("LIM344", "Makhado", "LIM", "B", "DC34", -23.0438, 29.9032),
    Place("LIM362", "Lephalale", "LIM", "B", "DC36", -23.6661, 27.7448),
    Place("LIM367", "Mogalakwena", "LIM", "B", "DC36", -24.1944, 29.0097),
    Place("DC31", "Nkangala", "MP", "C", "", -25.7751, 29.4648),
    Place("DC32", "Ehlanzeni", "MP", "C", "", -25.4745, 30.9703),
    Place("MP312", "Emalahleni", "MP", "B", "DC31", -25.8713, 29.2332),
    Place("MP313", "Steve Tshwete", "MP", "B", "DC31", -25.7751, 29.4648),
    Place("MP324", "Nkomazi", "MP", "B", "DC32", -25.4332, 31.9548),
    Place("MP325", "Bushbuckridge", "MP", "B", "DC32", None, None),
    Place("MP326", "City of Mbombela", "MP", "B", "DC32", -25.4745, 30.9703),
    Place("DC6", "Namakwa", "NC", "C", "", -29.6643, 17.8865),
    Place("DC7", "Pixley ka Seme", "NC", "C", "", -30.6497, 24.0123),
    Place("DC8", "ZF Mgcawu", "NC", "C", "", -28.4478, 21.2561),
    Place("DC9", "Frances Baard", "NC", "C", "", -28.7323, 24.7623),
    Place("NC062", "Nama Khoi", "NC", "B", "DC6", -29.6643, 17.8865),
    Place("NC064", "Kamiesberg", "NC", "B", "DC6", -30.5622, 17.9890),
    Place("NC067", "Khâi-Ma", "NC", "B", "DC6", -29.1283, 19.3949),
    Place("NC073", "Emthanjeni", "NC", "B", "DC7", -30.6497, 24.0123),
    Place("NC082", "Kai !Garib", "NC", "B", "DC8", -28.7734, 20.6147),
    Place("NC084", "!Kheis", "NC", "B", "DC8", -28.8953, 21.9838),
    Place("NC091", "Sol Plaatje", "NC", "B", "DC9", -28.7323, 24.7623),
    Place("DC37", "Bojanala Platinum", "NW", "C", "", -25.6676, 27.2421),
    Place("DC39", "Dr Ruth Segomotsi Mompati", "NW", "C", "", -26.9566, 24.7284),
    Place("NW372", "Madibeng", "NW", "B", "DC37", -25.6347, 27.7802),
    Place("NW373", "Rustenburg", "NW", "B", "DC37", -25.6676, 27.2421),
    Place("NW392", "Naledi", "NW", "B", "DC39", -26.9566, 24.7284),
    Place("NW394", "Greater Taung", "NW", "B", "DC39", -27.5311, 24.7866),
    Place("CPT", "City of Cape Town", "WC", "A", "", -33.9258, 18.4232),
    Place("DC2", "Cape Winelands", "WC", "C", "", -33.9346, 18.8668),
    Place("DC4", "Garden Route", "WC", "C", "", -33.9630, 22.4617),
    Place("WC023", "Drakenstein", "WC", "B", "DC2", -33.7338, 18.9752),
    Place("WC024", "Stellenbosch", "WC", "B", "DC2", -33.9346, 18.8668),
    Place("WC044", "George", "WC", "B", "DC4", -33.9630, 22.4617),
    Place("WC048", "Knysna", "WC", "B", "DC4", -34.0363, 23.0471),
)
BY_CODE = {place.code: place for place in PLACES}
