"""The words that say what the number beside them is; all in lower case and without dots: `т.р.` is `тр`."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROUBLE = _words("р p руб рублей рубля рубль рублями рэ ₽ rub rur rubles roubles")
THOUSAND_WORD = _words("тыс тысяч тысячи тысяча тысячу тыщ тыщи тыща тыщу")
THOUSAND = THOUSAND_WORD | _words("к k т тр")
KOPECK = _words("коп копеек копейки копейка kop")

# Sums that are neither in roubles nor in thousands of them: reading the digits alone would be a wrong amount.
OTHER_MONEY = _words("""
    $ € £ ¥ usd eur byn kzt uah cny доллар доллара долларов бакс бакса баксов евро тенге сом сомов сум юань юаня юаней
    гривна гривны гривен лир лари драм драмов млн миллион миллиона миллионов млрд миллиард лям ляма лямов mln million
    сотен сотни сотня косарь косаря косарей кусок куска кусков
""")

# Numbers in words are not read. Where digits stand beside one, they are a part of the sum only: `двести 50`,
# `15 тысяч пятьсот`.
HUNDREDS = _words("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот половиной")
BELOW_HUNDRED = _words("""
    одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать
    десять двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто
""")

# Dropped from the description where a sum or a phone follows.
SUM_LABEL = _words(
    "сумма сумму сумме суммой итого итог всего цена цену ценой стоимость оплата оплате ₽ amount sum total price"
)
PHONE_LABEL = _words("тел телефон телефону номер моб мобильный сот смс sms phone tel т")
LEADS_TO_SUM = _words("к на")  # `к оплате: 12500`
LEADS_TO_PHONE = _words("на по 📞 📱 ☎")  # `на номер 9161234567`, `на 9161234567`

# A number after one of these is money too, so it is never taken for a part of the description.
MONEY = _words("""
    скидка скидку скидкой скидки минус плюс предоплата предоплату предоплатой аванс авансом доплата доплату доплатой
    остаток сдача доставка доставку доставкой доставки задаток взнос залог discount delivery deposit
""")

# A day and a month after one of these are a date: `до 25.11`.
DATED = _words("до с со к на от доставка доставку самовывоз заберёт заберет привезти")

# The number after one of these names a thing: its size, its article.
ARTICLE = _words("арт артикул модель мод код договор sku art model № #")
NAMING = ARTICLE | _words("""
    размер размера размеры разм р-р рр рост ростовка лот no n заказ чек цвет тон
    размером возраст size объем объём диаметр длина ширина высота
""")

# The number before one of these counts or measures a thing, or is a day of a month.
COUNTING = _words("""
    шт штук штуки штука штуку пара пары пар пару комплект комплекта комплектов упак упаковка упаковки упаковок уп
    коробка коробки размер размера размеры р-р рр рост лет год года году мес месяц месяца месяцев дней дня день нед
    недели минут минуты минуту мин час часа часов
    см мм м2 м² кв кг г гр мг л мл гб гбайт тб мб gb tb mb гц hz вт квт мач mah дюйм дюйма дюймов % процент процента
    процентов pcs pc pair pairs раз раза ml kg cm mm этаж этажа класса предмета предметов
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
""")

# What may stick to a number inside a description, and alone would mean something else: `2XL`, `220в`, `3d`.
STUCK = _words("м в w v g x х xl xxl xxxl xs s l d й ой ый го я inch мп mp")

# After a sale: the number behind one of these is that of a payment.
NUMBER_MARK = _words("№ # номер")
PAYMENT = _words("заказ заказа платеж платёж платежа оплата оплаты order payment")  # `номер заказа 1042`

# After a sale: instead of a sum.
EVERYTHING = _words("всё все всего всю весь полностью целиком полный полная полную all everything full fully entire")


def plain(word: str) -> str:
    """The word as the sets above spell it."""
    return word.replace(".", "").replace("\ufe0f", "").strip(":,;=!?\"'«»()").casefold()
