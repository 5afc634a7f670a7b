"""Sign up from Python. Usage: python.py (ours|requests|httpx|mwclient) API_URL ACCOUNTS."""

from __future__ import annotations

import sys

NAME, PASSWORD, RETURN = "Bench", "correct horse 7", "http://127.0.0.1/"
FORM = {"action": "query", "meta": "authmanagerinfo|tokens", "amirequestsfor": "create", "type": "createaccount"}
JSON = {"format": "json", "formatversion": "2"}
CREATE = {
    "action": "createaccount",
    "createreturnurl": RETURN,
    "username": NAME,
    "password": PASSWORD,
    "retype": PASSWORD,
}


def ours(api_url: str) -> str:
    """By this library."""
    import createaccount

    client = createaccount.Client(api_url, user_agent="bench/1.0")
    client.begin()
    return str(client.submit({"username": NAME, "password": PASSWORD}).status)


def requests(api_url: str) -> str:
    """By a session of requests."""
    import requests

    with requests.Session() as session:
        token = session.get(api_url, params=FORM | JSON).json()["query"]["tokens"]["createaccounttoken"]
        answer = session.post(api_url, data=CREATE | JSON | {"createtoken": token}).json()
    return str(answer["createaccount"]["status"])


def httpx(api_url: str) -> str:
    """By a client of httpx."""
    import httpx

    with httpx.Client() as client:
        token = client.get(api_url, params=FORM | JSON).json()["query"]["tokens"]["createaccounttoken"]
        answer = client.post(api_url, data=CREATE | JSON | {"createtoken": token}).json()
    return str(answer["createaccount"]["status"])


def mwclient(api_url: str) -> str:
    """By mwclient, which knows tokens and no accounts."""
    from urllib.parse import urlsplit

    import mwclient

    url = urlsplit(api_url)
    site = mwclient.Site(url.netloc, scheme=url.scheme, path="/", do_init=False)
    token = site.get(**FORM | JSON)["query"]["tokens"]["createaccounttoken"]
    answer = site.post(**CREATE | JSON | {"createtoken": token})
    return str(answer["createaccount"]["status"])


if __name__ == "__main__":
    sign_up = {"ours": ours, "requests": requests, "httpx": httpx, "mwclient": mwclient}[sys.argv[1]]
    for _ in range(int(sys.argv[3])):
        if sign_up(sys.argv[2]) != "PASS":
            sys.exit("no account")
