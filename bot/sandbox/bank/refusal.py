"""Why the bank says no: each errorCode and actionCode of this simulator, with the bank's words in RU and EN."""

from enum import Enum


class Reason(Enum):
    """errorCode, Russian text, English text. The same code stands for many reasons, as at the bank."""

    NO_CREDENTIALS = (5, *("[userName] or [password] or [token] is empty",) * 2)
    ACCESS_DENIED = (5, "Доступ запрещён", "Access denied")
    NO_ORDER_NUMBER = (4, "Номер заказа не может быть пуст", "Order number is empty")
    NO_AMOUNT = (4, "Отсутствует сумма", "Amount is empty")
    NO_RETURN_URL = (4, "URL возврата не может быть пуст", "Return URL is empty")
    CURRENCY = (3, "Неизвестная валюта", "Unknown currency")
    AMOUNT = (5, "Неверная сумма", "Wrong amount")
    PARAMETER = (5, "Ошибка значения параметра запроса", "Wrong value of a request parameter")
    LANGUAGE = (5, "Неверно указано значение параметра [language]", "Wrong value of [language]")
    JSON_PARAMS = (5, "Ошибка значения параметра [jsonParams]", "Wrong value of [jsonParams]")
    ORDER_NUMBER = (1, "Неверный номер заказа", "Wrong order number")
    PROCESSED = (1, "Заказ с таким номером уже обработан", "Order with this number was already processed")
    UNPAID = (
        1,
        "Заказ с таким номером был зарегистрирован, но не был оплачен",
        "Order with this number was registered but was not paid off",
    )
    CART_FORMAT = (8, "Неверный формат корзины", "Wrong format of the cart")
    CART_CURRENCY = (8, "Валюта корзины не совпадает с валютой заказа", "Currency of the cart differs from the order's")
    CART_SUM = (8, "Сумма товарных позиций не совпадает с суммой заказа", "Sum of the items differs from the amount")
    NO_ORDER = (1, "Ожидается [orderId] или [orderNumber]", "Expected [orderId] or [orderNumber]")
    ORDER_ID_EMPTY = (5, "[orderId] не задан", "[orderId] is empty")
    NOT_FOUND = (6, "Заказ не найден", "Order not found")
    WRONG_NUMBER = (6, "Неверный номер заказа", "Wrong order number")
    STATE = (
        7,
        "Платёж должен быть в корректном состоянии",
        "Payment must be in the correct state",
    )
    REVERSE_STATE = (
        7,
        "Операция невозможна для текущего состояния платежа",
        "Operation is impossible for the current state of the payment",
    )
    REVERSE_UNEQUAL = (
        7,
        "Внутренние значения рассогласованы: суммы удержания и завершения должны быть равны",
        "Internal values are inconsistent: hold and deposit amounts must be equal",
    )
    DEPOSIT_SMALL = (
        5,
        "Сумма завершения должна быть равна нулю или не меньше одного рубля",
        "Deposit amount must be zero or at least one rouble",
    )
    DEPOSIT_LARGE = (
        5,
        "Сумма завершения превышает сумму удержания",
        "Deposit amount exceeds the hold",
    )
    REFUND_SMALL = (
        7,
        "Неверная сумма депозита (менее одного рубля)",
        "Wrong deposit amount (less than one rouble)",
    )
    REFUND_LARGE = (7, "Сумма возврата превышает сумму списания", "Refund exceeds the deposited amount")

    @property
    def code(self) -> int:
        return self.value[0]

    def text(self, language: str) -> str:
        return self.value[2] if language == "en" else self.value[1]


class BankError(Exception):
    """The bank refuses what was asked. Nothing has changed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text("en"))
        self.reason = reason


NO_ATTEMPT = -100
EXPIRED = -2007
EXHAUSTED = -2013
NO_FUNDS = 116
OVER_LIMIT = 61

ACTIONS = {
    0: ("Запрос обработан успешно", "Request processed successfully"),
    NO_ATTEMPT: ("", ""),
    EXPIRED: ("Истек срок ожидания ввода данных.", "The time to enter the data has run out."),
    EXHAUSTED: ("Исчерпаны попытки оплаты.", "Attempts to pay are exhausted."),
    -2006: ("Аутентификация 3-D Secure не пройдена.", "3-D Secure authentication was not passed."),
    14: ("Неверный номер карты.", "Wrong card number."),
    OVER_LIMIT: ("Превышен лимит.", "Limit exceeded."),
    101: ("Истёк срок действия карты.", "The card has expired."),
    103: ("Нет связи с эмитентом.", "No link with the issuer."),
    NO_FUNDS: ("Недостаточно средств на карте.", "Insufficient funds."),
    120: ("Отказ эмитента.", "Refused by the issuer."),
}


def action_text(code: int, language: str) -> str:
    """actionCodeDescription; codes without a text of ours are simply refusals."""
    texts = ACTIONS.get(code, ("Операция отклонена.", "Operation refused."))
    return texts[1] if language == "en" else texts[0]
