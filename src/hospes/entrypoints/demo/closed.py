"""Public holidays of the demo world's countries, when most things are closed: those on a fixed date and around Easter.

The ones that follow the moon in other calendars, and those of single regions, are left out.
"""

from datetime import date, timedelta
from functools import cache

AHEAD = 150
_NAMES = {
    "0101": "New Year's Day", "0106": "Epiphany", "0501": "Labour Day", "0815": "Assumption", "1101": "All Saints' Day",
    "1208": "Immaculate Conception", "1224": "Christmas Eve", "1225": "Christmas Day", "1226": "Second day of Christmas",
    "1231": "New Year's Eve", "E-3": "Maundy Thursday", "E-2": "Good Friday", "E+1": "Easter Monday",
    "E+39": "Ascension", "E+50": "Whit Monday", "E+60": "Corpus Christi",
}  # fmt: skip
_WEST = "0101 E+1 1225 1226"
_DAYS = {
    "PT": "0101 E-2 0425 0501 E+60 0610 0815 1005 1101 1201 1208 1225", "FR": "0101 E+1 0501 0508 E+39 E+50 0714 0815 1101 1111 1225",
    "ES": "0101 0106 E-2 0501 0815 1012 1101 1206 1208 1225", "IT": "0101 0106 E+1 0425 0501 0602 0815 1101 1208 1225 1226",
    "DE": "0101 E-2 E+1 0501 E+39 E+50 1003 1225 1226", "AT": "0101 0106 E+1 0501 E+39 E+50 E+60 0815 1026 1101 1208 1225 1226",
    "CH": "0101 E-2 E+1 E+39 E+50 0801 1225 1226", "NL": "0101 E+1 0427 E+39 E+50 1225 1226",
    "BE": "0101 E+1 0501 E+39 E+50 0721 0815 1101 1111 1225", "DK": "0101 E-3 E-2 E+1 E+39 E+50 0605 1224 1225 1226",
    "SE": "0101 0106 E-2 E+1 0501 E+39 0606 1224 1225 1226 1231", "NO": "0101 E-3 E-2 E+1 0501 0517 E+39 E+50 1225 1226",
    "IS": "0101 E-3 E-2 E+1 0501 E+39 E+50 0617 1225 1226", "FI": "0101 0106 E-2 E+1 0501 E+39 1206 1224 1225 1226",
    "EE": "0101 0224 E-2 0501 0623 0624 0820 1224 1225 1226", "LV": "0101 E-2 E+1 0501 0504 0623 0624 1118 1224 1225 1226 1231",
    "PL": "0101 0106 E+1 0501 0503 E+60 0815 1101 1111 1224 1225 1226", "CZ": "0101 E-2 E+1 0501 0508 0705 0706 0928 1028 1117 1224 1225 1226",
    "HU": "0101 0315 E-2 E+1 0501 E+50 0820 1023 1101 1224 1225 1226", "SI": "0101 0102 0208 E+1 0427 0501 0502 0625 0815 1031 1101 1225 1226",
    "HR": "0101 0106 E+1 0501 0530 E+60 0622 0805 0815 1101 1118 1225 1226", "GR": "0101 0106 0325 0501 0815 1028 1225 1226",
    "TR": "0101 0423 0501 0519 0715 0830 1029", "GB": "0101 E-2 E+1 1225 1226", "IE": "0101 0317 E+1 1225 1226",
    "MA": "0101 0111 0501 0730 0814 0820 0821 1106 1118", "EG": "0107 0125 0425 0501 0723 1006", "NG": "0101 E-2 E+1 0501 0612 1001 1225 1226",
    "KE": "0101 E-2 E+1 0501 0601 1010 1020 1212 1225 1226", "ZA": "0101 0321 E-2 0427 0501 0616 0809 0924 1216 1225 1226",
    "GH": "0101 0306 E-2 E+1 0501 0701 1225 1226", "AE": "0101 1202 1203", "GE": "0101 0107 0119 0303 0308 0409 0509 0512 0526 0828 1014 1123",
    "IN": "0126 0815 1002 1225", "TH": "0101 0413 0414 0415 0501 0812 1013 1205 1210 1231", "SG": "0101 E-2 0501 0809 1225",
    "JP": "0101 0102 0103 0211 0223 0429 0503 0504 0505 0811 1103 1123 1231", "KR": "0101 0301 0505 0606 0815 1003 1009 1225",
    "TW": "0101 0228 0404 1010", "VN": "0101 0430 0501 0902", "AU": "0101 0126 E-2 E+1 0425 1225 1226",
    "NZ": "0101 0102 0206 E-2 E+1 0425 1225 1226", "CA": "0101 E-2 0701 0930 1225 1226", "US": "0101 0619 0704 1111 1225",
    "MX": "0101 E-3 E-2 0501 0916 1102 1225", "CO": "0101 E-3 E-2 0501 0720 0807 1208 1225", "PE": "0101 E-3 E-2 0501 0629 0728 0729 0830 1008 1101 1208 1225",
    "AR": "0101 0324 E-2 0402 0501 0525 0620 0709 1208 1225", "BR": "0101 E-2 0421 0501 E+60 0907 1012 1102 1115 1225",
    "CL": "0101 E-2 0501 0521 0716 0815 0918 0919 1101 1208 1225",
}  # fmt: skip


@cache
def public_holidays(country: str, today: date) -> tuple[tuple[date, str], ...]:
    """Those of the next months with their names, in order."""
    last = today + timedelta(days=AHEAD)
    found = {
        _day(said, year): _NAMES.get(said, "Public holiday")
        for year in range(today.year, last.year + 1)
        for said in _DAYS.get(country, _WEST).split()
    }
    return tuple((day, found[day]) for day in sorted(found) if today <= day <= last)


def _day(said: str, year: int) -> date:
    if said[0] == "E":
        return easter(year) + timedelta(days=int(said[1:]))
    return date(year, int(said[:2]), int(said[2:]))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    century, rest = divmod(year, 100)
    leaps, odd = divmod(century, 4)
    epact = (19 * (year % 19) + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * odd + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
