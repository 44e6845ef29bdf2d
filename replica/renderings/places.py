"""Some municipalities, with the Municipal Demarcation Board's codes (demarcation.org.za, borders of 2016)."""

from __future__ import annotations

from dataclasses import dataclass

PROVINCES = {
    "EC": "Eastern Cape", "FS": "Free State", "GT": "Gauteng", "KZN": "KwaZulu-Natal", "LIM": "Limpopo",
    "MP": "Mpumalanga", "NC": "Northern Cape", "NW": "North West", "WC": "Western Cape",
}  # fmt: skip
PROVINCES_AFRIKAANS = {
    "EC": "Oos-Kaap", "FS": "Vrystaat", "NC": "Noord-Kaap", "NW": "Noordwes", "WC": "Wes-Kaap",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """`latitude`, `longitude`: about its middle. `shared`: another municipality has the same name."""

    code: str
    name: str
    province: str
    district: str
    latitude: float
    longitude: float

    @property
    def shared(self) -> bool:
        return self.name == "Emalahleni"

    @property
    def kind(self) -> str:
        return "Local Municipality" if self.district else "Metropolitan Municipality"


# code | name | province | district, "" for a metropolitan | latitude | longitude
_TABLE = """
NC084|!Kheis|NC|ZF Mgcawu|-28.9|21.9
KZN263|AbaQulusi|KZN|Zululand|-27.8|30.8
KZN238|Alfred Duma|KZN|Uthukela|-28.4|29.9
KZN213|uMzumbe|KZN|Ugu|-30.5|30.5
KZN272|Jozini|KZN|Umkhanyakude|-27.4|32.1
ETH|eThekwini|KZN||-29.8|30.9
LIM331|Greater Giyani|LIM|Mopani|-23.3|30.7
LIM333|Greater Tzaneen|LIM|Mopani|-23.8|30.2
LIM344|Makhado|LIM|Vhembe|-23.0|29.9
LIM354|Polokwane|LIM|Capricorn|-23.9|29.5
LIM362|Lephalale|LIM|Waterberg|-23.7|27.7
CPT|City of Cape Town|WC||-33.9|18.6
WC012|Cederberg|WC|West Coast|-32.2|18.9
WC023|Drakenstein|WC|Cape Winelands|-33.7|19.0
WC041|Kannaland|WC|Garden Route|-33.5|21.3
BUF|Buffalo City|EC||-32.9|27.7
NMA|Nelson Mandela Bay|EC||-33.8|25.5
EC121|Mbhashe|EC|Amathole|-32.2|28.7
EC122|Mnquma|EC|Amathole|-32.3|28.1
EC136|Emalahleni|EC|Chris Hani|-31.6|27.2
EC444|Ntabankulu|EC|Alfred Nzo|-30.9|29.3
MP312|Emalahleni|MP|Nkangala|-25.9|29.2
MP324|Nkomazi|MP|Ehlanzeni|-25.6|31.7
MP326|City of Mbombela|MP|Ehlanzeni|-25.4|31.0
MAN|Mangaung|FS||-29.1|26.3
FS184|Matjhabeng|FS|Lejweleputswa|-28.0|26.8
FS194|Maluti a Phofung|FS|Thabo Mofutsanyana|-28.4|28.9
TSH|City of Tshwane|GT||-25.7|28.4
GT421|Emfuleni|GT|Sedibeng|-26.6|27.8
GT485|Rand West City|GT|West Rand|-26.3|27.6
NC062|Nama Khoi|NC|Namakwa|-29.6|17.9
NC091|Sol Plaatje|NC|Frances Baard|-28.7|24.8
NW373|Rustenburg|NW|Bojanala Platinum|-25.7|27.2
NW405|JB Marks|NW|Dr Kenneth Kaunda|-26.6|26.9
"""


def _place(line: str) -> Place:
    code, name, province, district, latitude, longitude = line.split("|")
    return Place(code, name, province, district, float(latitude), float(longitude))


DISTRICTS = {
    "ZF Mgcawu": "DC8", "Zululand": "DC26", "Uthukela": "DC23", "Ugu": "DC21", "Umkhanyakude": "DC27",
    "Mopani": "DC33", "Vhembe": "DC34", "Capricorn": "DC35", "Waterberg": "DC36", "West Coast": "DC1",
    "Cape Winelands": "DC2", "Garden Route": "DC4", "Amathole": "DC12", "Chris Hani": "DC13",
    "Alfred Nzo": "DC44", "Nkangala": "DC31", "Ehlanzeni": "DC32", "Lejweleputswa": "DC18",
    "Thabo Mofutsanyana": "DC19", "Sedibeng": "DC42", "West Rand": "DC48", "Namakwa": "DC6",
    "Frances Baard": "DC9", "Bojanala Platinum": "DC37", "Dr Kenneth Kaunda": "DC40",
}  # fmt: skip
PLACES = tuple(map(_place, _TABLE.strip().splitlines()))
BY_CODE = {place.code: place for place in PLACES}
