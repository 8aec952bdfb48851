"""The search: its index comes when somebody turns to it, and not before."""

import pytest
from playwright.sync_api import expect

SITE = "trial"


@pytest.fixture
def asked(page):
    """The addresses that a page has asked for so far."""
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def has_index(addresses):
    return any("search_index.json" in address for address in addresses)


def test_the_index_waits_for_somebody_who_searches(page, asked, site_url):
    page.goto(site_url, wait_until="networkidle")
    assert not has_index(asked)
    page.keyboard.press("/")
    page.keyboard.type("chinchilla")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    assert has_index(asked)


def test_it_comes_on_a_page_that_was_changed_in_place(page, site_url):
    page.goto(site_url, wait_until="networkidle")
    page.get_by_role("link", name="Study the whole deck").click()
    expect(page).to_have_url(f"{site_url}study/")
    page.locator(".md-search__input").press_sequentially("lora")
    expect(page.locator(".md-search-result__item").first).to_be_attached()


@pytest.mark.parametrize("query", ["?q=lora", "?h=lora"])
def test_a_link_into_the_search_brings_it_at_once(page, site_url, query):
    with page.expect_request("**/search_index.json"):
        page.goto(f"{site_url}glossary/peft/{query}")
