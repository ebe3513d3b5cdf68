"""Exchange rates of the demo world: rounded, the same every day, and named as what they are."""

from datetime import date, timedelta

from psycopg import AsyncConnection

from hospes.platform.settings import Settings

SOURCE = "demo rates"
DAYS = 90  # rates older than a week are not shown; an operator of a demo that lives longer imports real ones
# So many for one euro.
RATES = {
    "AUD": "1.66", "BRL": "6.05", "CAD": "1.48", "CHF": "0.96", "CNY": "7.85", "CZK": "25.2", "DKK": "7.46",
    "GBP": "0.85", "HKD": "8.5", "HUF": "392", "IDR": "17300", "ILS": "4.0", "INR": "91", "ISK": "150", "JPY": "163",
    "KRW": "1490", "MXN": "19.6", "MYR": "5.1", "NGN": "1650", "NOK": "11.6", "NZD": "1.8", "PHP": "62", "PLN": "4.3",
    "AED": "4", "ARS": "1550", "CLP": "1030", "COP": "4600", "EGP": "54", "GHS": "13", "KES": "141", "KWD": "0.335",
    "MAD": "10.7", "PEN": "4.1", "SAR": "4.1", "TWD": "35", "UAH": "46", "VND": "28000",
    "RON": "4.98", "SEK": "11.3", "SGD": "1.46", "THB": "39", "TRY": "35", "USD": "1.09", "ZAR": "20",
}  # fmt: skip


async def put_rates(settings: Settings, today: date) -> None:
    """From today on, for `DAYS` days."""
    rows = [
        (SOURCE, "EUR", currency, today + timedelta(days=day), rate)
        for day in range(DAYS)
        for currency, rate in RATES.items()
    ]
    async with await AsyncConnection.connect(settings.database_url) as conn, conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO ledger.rate (source, base, currency, on_date, rate, fetched_at)"
            " VALUES (%s, %s, %s, %s, %s, now()) ON CONFLICT DO NOTHING",
            rows,
        )
