"""Common given names, folded: they tell `Иван Иванов` from `Иванов Иван`, and a column of people from others."""

from typing import Final

from cardfile.values.text import fold

__all__ = ["GIVEN_NAMES"]

_FULL = """
Адам Азамат Айдар Айгуль Айнур Алан Александр Александра Алексей Алена Алёна Алина Алиса Алия Алла Альберт
Альбина Амина Анастасия Анатолий Ангелина Андрей Анжела Анна Антон Антонина Арина Аркадий Арсен Арсений
Артём Артур Асель Асия Аслан Ахмед Ашот Богдан Борис Вадим Валентин Валентина Валерий Валерия Варвара
Василий Василиса Вера Вероника Виктор Виктория Виолетта Виталий Влад Владимир Владислав Владислава
Всеволод Вячеслав Галина Гаяне Геннадий Георгий Герман Глеб Григорий Гузель Гульнара Давид Дамир Даниил
Данила Дания Дарина Дарья Денис Диана Дина Динара Дмитрий Ева Евгений Евгения Егор Екатерина Елена
Елизавета Есения Жанна Зарина Заур Злата Зоя Иван Игнат Игорь Илона Ильдар Ильнур Илья Инга Инесса Инна
Иосиф Ирина Искандер Камила Карина Каролина Кира Кирилл Клара Клим Константин Кристина Ксения Лариса Лев
Леонид Лиана Лидия Лилия Лина Любовь Людмила Мадина Майя Макар Максим Маргарита Марат Мариам Марина Мария
Марк Марта Матвей Мила Милана Мирон Мирослав Мирослава Михаил Мурат Надежда Назар Наталия Наталья Нелли
Ника Никита Николай Нина Нурлан Оксана Олег Олеся Ольга Павел Пётр Платон Полина Прохор Равиль Раиса
Рамиль Рената Ренат Ринат Рита Роберт Родион Роза Роман Ростислав Руслан Рустам Савелий Саида Самвел
Светлана Святослав Семён Сергей София Софья Станислав Степан Таисия Тамара Тарас Татьяна Тигран Тимофей
Тимур Ульяна Фарида Фаина Фатима Фёдор Феликс Филипп Эдуард Элина Эльвира Эльдар Эльмира Эмиль Эмма Юлиана
Юлия Юрий Яков Ян Яна Ярослав Ярослава
"""
_SHORT = """
Алик Аня Боря Валя Ваня Варя Вася Вика Витя Вова Володя Галя Гена Гоша Гриша Даша Дима Женя Зина Ира Катя
Коля Костя Ксюша Лена Лера Лёша Лиза Люба Люда Макс Маша Миша Надя Настя Наташа Оля Паша Петя Рома Саша
Света Серёжа Слава Соня Стас Стёпа Таня Тёма Толя Тоня Федя Шура Эдик Юля Юра Яша
"""

_RARER = """
Аделина Аглая Агния Аксинья Алевтина Аркадий Афанасий Варлам Велимир Венера Вениамин Влас Владислава Глафира
Гульшат Дементий Евдокия Ева Евлампий Елисей Емельян Ефим Ефросинья Захар Злата Изабелла Иларион Иннокентий
Инга Инесса Каролина Касьян Клавдия Клементина Кузьма Лаврентий Луиза Лука Майя Макарий Марианна Марьяна
Матрёна Мелания Мирра Модест Моисей Наум Нелли Нестор Ника Никифор Нонна Олимпиада Пелагея Прасковья Прокофий
Раиса Ревекка Регина Рената Римма Руфина Савва Серафим Серафима Снежана Таисия Терентий Тимур Трифон Устинья
Фаддей Фома Харитон Эвелина Эдита Элеонора Эмилия Эрик Юлиан Юнона
"""
_UKRAINIAN = """
Олександр Олександра Олексій Олена Андрій Анастасія Вікторія Віталій Віктор Володимир Ганна Григорій Дмитро
Євген Євгенія Ігор Ірина Катерина Кирило Лариса Лілія Любов Людмила Марія Микола Михайло Микита Надія Наталія
Наталя Оксана Олег Павло Петро Сергій Світлана Степан Тарас Тетяна Федір Юлія Юрій Ярослав Зоряна Соломія Леся
"""
_KAZAKH = """
Айбек Айгерім Айнұр Айсұлу Ақбота Алмас Арман Асхат Бауыржан Берік Болат Гүлнәр Гүлнар Дана Дәурен Ерлан Ержан
Жанар Жәнібек Қайрат Қанат Қуаныш Мадина Марат Мұрат Нұржан Нұрлан Нұрсұлтан Самал Сәуле Серік Талғат Әсел
Әлия Өмір Даурен Гульнар Гульнара Ербол Жанна Канат Кайрат Серик Талгат Салтанат Аслан Мейрам
"""
_ENGLISH = """
Aaron Abigail Adam Alan Albert Alexander Alexandra Alice Alison Amanda Amelia Amy Andrea Andrew Angela Ann Anna
Anne Anthony Arthur Ashley Ava Barbara Ben Benjamin Betty Bob Brandon Brenda Brian Bruce Carl Carol Caroline
Catherine Charles Charlotte Chloe Chris Christian Christina Christine Christopher Claire Cynthia Daniel David
Deborah Dennis Diana Diane Donald Donna Dorothy Douglas Edward Eleanor Elizabeth Ella Ellen Emily Emma Eric
Ethan Eva Evelyn Frances Frank Fred Gary George Gerald Gloria Grace Greg Gregory Hannah Harold Harry Heather
Helen Henry Holly Ian Isabella Jack Jacob Jacqueline James Jane Janet Janice Jason Jean Jeff Jeffrey Jennifer
Jeremy Jerry Jessica Jim Joan Joe John Jonathan Joseph Joshua Joyce Juan Judith Judy Julia Julie Justin Karen
Kate Katherine Kathleen Keith Kelly Kenneth Kevin Kimberly Kyle Larry Laura Lauren Liam Linda Lisa Lucas Lucy
Luis Margaret Maria Marie Marilyn Mark Martha Martin Mary Matthew Megan Melissa Mia Michael Michelle Mike Mohammed
Nancy Natalie Nathan Nicholas Nicole Noah Oliver Olivia Oscar Pamela Patricia Patrick Paul Peter Philip Rachel
Ralph Raymond Rebecca Richard Robert Roger Ronald Rose Russell Ruth Ryan Samantha Samuel Sandra Sara Sarah Scott
Sean Sharon Shirley Sofia Sophia Sophie Stephanie Stephen Steve Steven Susan Teresa Thomas Timothy Tom Tyler
Victoria Vincent Virginia Walter Wayne William Zachary Ahmed Ali Fatima Wei Priya Kwame Carlos Jose Hans Klaus
"""

GIVEN_NAMES: Final = frozenset(
    fold(name) for name in (_FULL + _SHORT + _RARER + _UKRAINIAN + _KAZAKH + _ENGLISH).split()
)
"""Given names in full and short, folded."""
