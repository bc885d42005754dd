"""Personal data by form and check digits; ordinary numbers pass."""

import pytest

from genai_demo.trust.policy import check, personal

PRIVATE = [
    "Visa 4556-7375-8689-9855 is mine", "my card number is 4111111111111111", "4111 1111 1111 1111",
    "card: 5500005555555559", "3782 822463 10005", "4111.1111.1111.1111", "4242\u200b4242\u200b42424242",
    "卡号６２２２０２１２３４５６７８９４", "我的银行卡号是6222 0212 3456 7894", "110101199003078531",
    "110101 19900307 8531", "身份证１１０１０１１９９００３０７８５３１", "DE89 3704 0044 0532 0130 00",
    "GB82WEST12345698765432", "SSN 123-45-6789", "social security number 123456789", "+44 20 7946 0018",
    "+8613812345678", "138-1234-5678", "010-62345678", "my phone is 030 2345678", "call me 020 7946 0018",
    "(415) 392-0158", "212.736.5000", "07400 123456", "一三八一二三四五六七八", "passport number E12345678",
    "护照号码是EA1234567", "my passport is 512345678", "anna at gmail dot com", "anna@web.de", "发到li.na_1990@qq.com",
    "ｍａｉｌ anna＠web．de",
]  # fmt: skip
ORDINARY = [
    "ISBN 978-0-14-103614-4", "Order 4532-8871", "order number 4111111111111111", "3.14159265358979323846",
    "2024-11-27-000153", "The war lasted from 1914 to 1918 and cost 17 000 000 lives", "1,249.90", "4096 times 65536",
    "4 8 15 16 23 42", "call 800-123-4567", "20241127000153", "version 3.11.4.20250101", "2025-03-24 09:42:11",
    "192.168.0.1", "1234567890", "info@example.com", "root@localhost", "Invoice 2024-000317 over 1,249.90 euros",
    "180 x 200 x 40 cm", "population 1 411 750 000", "圆周率是3.14159265358979323846", "订单4532-8871三月发货",
    "1.67262192 times ten to the minus 27", "212-555-0123", "a number of 100 000 000 000 stars",
    "4539 1488 0343 6468",  # the check digit is wrong
    "110101199003078532", "110101199013078531",  # the check digit, the month
    "GB82WEST12345698765431", "000-12-3456", "+999 123 456 789",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_personal_data_is_found(text: str) -> None:
    assert personal.find(text)
    found = check.look(text, learnt=False)
    assert found is not None and found.kind == "personal"
    assert check.look(text, private=False, learnt=False) is None


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_numbers_pass(text: str) -> None:
    assert not personal.find(text)


def test_check_digits_tell_one_wrong_digit() -> None:
    assert personal.card_is_valid("4111111111111111") and not personal.card_is_valid("4111111111111112")
    assert not personal.card_is_valid("9111111111111111")  # no issuer
    assert personal.iban_is_valid("DE89370400440532013000") and not personal.iban_is_valid("DE88370400440532013000")
    assert personal.identity_is_valid("11010519491231002X") and not personal.identity_is_valid("110105194912310021")
    assert personal.phone_is_valid("13812345678", "CN") and not personal.phone_is_valid("138123456", "CN")


def test_the_place_is_where_the_number_stands() -> None:
    text = "One sentence. Another one: card 4111 1111 1111 1111, please."
    found = check.look(text, learnt=False)
    assert found is not None
    assert text[found.start :].strip().startswith("Another one")
