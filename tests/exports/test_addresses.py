from __future__ import annotations

import pytest
from django.urls import resolve

from exports.addresses import absolute, category_path, index_path, picture_path, product_path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (index_path("shop-de", "de"), "index_page"),
        (category_path("shop-de", "de", "home"), "category_page"),
        (product_path("shop-de", "de", "BZ-LIRA"), "product_page"),
        (picture_path("0" * 64, "large"), "asset"),
    ],
)
def test_every_address_is_answered(path: str, name: str) -> None:
    assert resolve(path).url_name == name


def test_codes_are_encoded() -> None:
    assert product_path("a/b", "de", "Ä 1?#") == "/p/a%2Fb/de/%C3%84%201%3F%23/"


def test_the_first_page_of_a_category_has_no_number() -> None:
    assert category_path("shop", "de", "home", 1) == "/p/shop/de/c/home/"
    assert category_path("shop", "de", "home", 2) == "/p/shop/de/c/home/?page=2"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("/a.jpg", "https://shop.example/a.jpg"),
        ("https://cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("//evil.example/a.jpg", "https://shop.example//evil.example/a.jpg"),
        ("javascript:alert(1)", ""),
        ("a.jpg", ""),
        ("", ""),
    ],
)
def test_an_address_is_on_the_site_or_whole_or_none(url: str, whole: str) -> None:
    assert absolute("https://shop.example", url) == whole
