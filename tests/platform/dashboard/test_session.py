"""Who gets in, who does not, and what of whom they see."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from people import Person

from accounts.create import create_account
from dashboard.attempts import LIMIT

EMAIL, PASSWORD = "Ada@example.com", "correct horse battery"


@pytest.fixture
def ada(owner: Person) -> User:
    user = User.objects.create_user("ada", EMAIL, PASSWORD)
    user.memberships.create(account=owner.account)
    return user


def sign_in(client: Client, email: str = EMAIL, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/dashboard/sign-in", {"email": email, "password": password, **more})


def test_the_root_leads_to_the_dashboard_and_that_to_the_sign_in(client: Client) -> None:
    assert client.get("/")["Location"] == "/dashboard/"
    assert client.get("/dashboard/")["Location"] == "/dashboard/sign-in?next=/dashboard/"


@pytest.mark.usefixtures("ada")
def test_email_and_password_open_the_dashboard(client: Client) -> None:
    answer = sign_in(client, email="ada@EXAMPLE.com", next="/dashboard/variants")
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/variants")
    assert client.get("/dashboard/").status_code == 200
    assert client.get("/dashboard/sign-in")["Location"] == "/dashboard/"
    assert client.get("/dashboard/sign-out").status_code == 405
    assert client.post("/dashboard/sign-out").status_code == 302
    assert client.get("/dashboard/").status_code == 302


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD), ("x\0y", "z")])
def test_anything_else_is_refused_with_the_same_sentence(client: Client, email: str, password: str) -> None:
    answer = sign_in(client, email, password)
    assert answer.status_code in {200, 403}
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("ada")
def test_guessing_ends_after_some_attempts(client: Client) -> None:
    for _ in range(LIMIT):
        assert sign_in(client, password="guess").status_code == 403
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    assert sign_in(Client(REMOTE_ADDR="192.0.2.9")).status_code == 302


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_on_stays_here(client: Client, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/dashboard/"


def test_a_user_without_an_account_is_told_so(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("bob", "bob@example.com", PASSWORD))
    answer = client.get("/dashboard/")
    assert answer.status_code == 403
    assert "not a member of an account" in answer.content.decode()


def test_several_accounts_are_chosen_between(member: Client, owner: Person) -> None:
    user = User.objects.get(email="member@example.com")
    second, foreign = create_account("second", user), create_account("foreign")
    assert member.post("/dashboard/account", {"account": second.id}).status_code == 302
    assert second.hash in member.get("/dashboard/developers").content.decode()
    member.post("/dashboard/account", {"account": foreign.id})
    page = member.get("/dashboard/developers").content.decode()
    assert second.hash in page
    assert foreign.hash not in page


def test_a_session_that_ended_is_told_to_scripts(client: Client, db: None) -> None:
    answer = client.post("/dashboard/upload-url", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "sign in" in answer.json()["error"]
    assert client.get("/dashboard/", headers={"HX-Request": "true"})["HX-Redirect"] == "/dashboard/"


def test_forms_without_the_token_are_refused(member: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = member.cookies
    answer = strict.post("/dashboard/developers/config", {"name": "x"})
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/variants/new", "/dashboard/nothing", "/widget/demo"])
def test_every_page_has_the_policy_and_nothing_inside_it(member: Client, path: str) -> None:
    answer = member.get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.search("no-cache|no-store", answer["Cache-Control"])
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|<style", page)
    assert not re.search(r'(src|href)="(https?:)?//(?!127\.0\.0\.1)', page)
