#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The resume matrix. A person walks the registration and the main menu; the line drops at every screen; she goes on by every other bearer, and must be asked the same
question with nothing lost. What a screen must say is read from menus/words by this client itself, the wire is its own too (libussd.py).

A gateway that shows the same page whatever is asked must fail: the same cells are walked against one, and none may be green."""
import collections
import concurrent.futures
import re
import threading

from libkabar import Gateway, Network, finish, test, until
from libussd import Citizen, ConstantGateway, Handset, Words, bearers, free_port

WORDS = Words()
MODEMS = {f'm{i}': f'+628110000000{i}' for i in range(1, 5)}
HOUR_S = 3600
LATER_S = 3 * HOUR_S  # more than ten minutes, less than a day
WORKERS = 16
RED_SHOWN = 60

# A place to stop at: the screens from the first menu on, as (typed, screen, values).. then what is typed after the break, and what must come.
# `also`: screens that may stand for this one after the break: they ask the same question. `hint`: the SMS that a broken line brings. `known`: she is registered already.
# `only`: the bearers that come there.
Place = collections.namedtuple('Place', 'name path then also hint known end only', defaults=((), True, False, None, ('ussd', 'sms')))
SILENT = ('',)  # by SMS nothing comes back


# ---- every screen ----

def registration(c):
    """The screens from D1 to D6 in their order, as steps, and what follows each."""
    a = c.answers()
    return [('1', 'D1', {}), (a['D1'], 'D2', {}), (a['D2'], 'D3', {}), (a['D3'], 'D4', {}), (a['D4'], 'D5', {}), (a['D5'], 'D6', c.said)], [(a['D6'], 'D7', {})]


def registration_places(c):
    steps, last = registration(c)
    rest = lambda n: steps[n:] + last  # noqa: E731
    other = dict(c.said, nama='SITI BARU')
    places = [Place(s[1], steps[:i], rest(i), hint=s[1] != 'D1', end='registered') for i, s in enumerate(steps, 1)]
    places += [
        Place('D4b', steps[:4] + [('sidomulyo', 'D4b', {})], [('1', 'D5', {}), ('3', 'D6', dict(c.said, desa='Sidomulyo'))] + last, end='sidomulyo'),
        Place('D5t', steps[:5] + [('6', 'D5t', {})], [('jepang', 'D6', dict(c.said, negara='JEPANG'))] + last, also=('D5',), end='japan'),
        Place('D6u', steps + [('2', 'D6u', {})], [('1', 'D2', {}), ('siti baru', 'D6', other)] + last, end='renamed'),
        Place('D2 of D6u', steps + [('2', 'D6u', {}), ('1', 'D2', {})], [('siti baru', 'D6', other)] + last, end='renamed'),
        Place('D2e', steps[:2] + [('12345', 'D2e', {})], rest(2), also=('D2',), end='registered'),
        Place('D3l', steps[:3] + [(c.nik[:15], 'D3l', {'n': 15})], rest(3), also=('D3',), end='registered'),
        Place('D3t', steps[:3] + [(c.nik[:6] + '72' + c.nik[8:], 'D3t', {})], rest(3), also=('D3',), end='registered'),
        Place('D4e', steps[:4] + [('kampung jauh', 'D4e', {'teks': 'KAMPUNG JAUH'})], rest(4), also=('D4',), end='registered'),
        Place('D5e', steps[:5] + [('mars', 'D5e', {'teks': 'MARS'})], rest(5), also=('D5',), end='registered'),
        Place('DUP', [('1', 'DUP', {})], [('1', 'S1', {})], known=True),
        Place('D2 of another', [('1', 'DUP', {}), ('3', 'D2', {})], [('rudi demo', 'D8', {'nama': 'RUDI DEMO'})], known=True),
        Place('D8', [('1', 'DUP', {}), ('3', 'D2', {}), ('rudi demo', 'D8', {'nama': 'RUDI DEMO'})], [('1', 'D3', {}), ('17-08-1990', 'D4', {})], known=True),
        Place('D8h', [('1', 'DUP', {}), ('3', 'D2', {}), ('rudi demo', 'D8', {'nama': 'RUDI DEMO'}), ('2', 'D8h', {'nama': 'RUDI DEMO'})], [('08125559999', 'D3', {})],
              known=True),
    ]
    return places


# What comes by SMS when she texts something that answers nothing: the question again, or what it refuses by.
REFUSALS = {'D1': ('D1',), 'D2': ('D2', 'D2e'), 'D3': ('D3', 'D3l', 'D3d'), 'D4': ('D4', 'D4e'), 'D4b': ('D4b', 'D4e'), 'D5': ('D5', 'D5e'), 'D5t': ('D5', 'D5e'),
            'D6': ('D6',), 'D6u': ('D6u',)}
REFUSALS.update({'D2e': REFUSALS['D2'], 'D3l': REFUSALS['D3'], 'D3t': REFUSALS['D3'], 'D4e': REFUSALS['D4'], 'D5e': REFUSALS['D5']})
NOTHING = '...'


def menu_places(c):
    info = lambda words: (words,)  # noqa: E731
    l3 = [('6', 'L1', {}), ('2', 'L3', {})]
    return [
        Place('M0', [], [('7', 'M7', {})], hint=False),
        Place('M7', [('7', 'M7', {})], [('3', 'LNG', {})]),
        Place('LNG', [('7', 'M7', {}), ('3', 'LNG', {})], [('0', 'M0', {})]),
        Place('I1', [('4', 'I1', {})], [('5', info('Waspada calo'), {})]),
        Place('I2', [('4', 'I1', {}), ('9', 'I2', {})], [('5', info('Gaji tak dibayar'), {})]),
        Place('I2b', [('4', 'I1', {}), ('9', 'I2', {}), ('9', 'I2b', {})], [('1', info('Bebas biaya 10 jabatan'), {})]),
        Place('I3', [('4', 'I1', {}), ('9', 'I2', {}), ('9', 'I2b', {}), ('9', 'I3', {})], [('1', info('Setiba di LN'), {})]),
        Place('I4', [('4', 'I1', {}), ('7', 'I4', {})], [('2', info('Hong Kong: darurat'), {})]),
        Place('text of I1', [('4', 'I1', {}), ('5', info('Waspada calo'), {})], [('9', 'I2', {})], also=('I1',), hint=False),
        Place('first page', [('4', 'I1', {}), ('2', info('Dokumen 1/2'), {})], [('0', None, {})], also=('I1',), hint=False),
        Place('S0', [('2', 'S0', {})], [('2', 'S4', {})]),
        Place('S4', [('2', 'S0', {}), ('2', 'S4', {})], [(f'1{c.n:08d} 0001', 'S5', {})]),
        Place('J11', [('3', 'J11', {})], [('sukamaju', 'J1', {'desa': 'Sukamaju'})]),
        Place('J1', [('3', 'J1', {'desa': 'Sukamaju'})], [('1', 'J2', {'judul': 'Pemandu wisata'})], known=True),
        Place('J1e', [('3', 'J1', {}), ('9', 'J1', {}), ('9', 'J1e', {})], [('1', 'J2u', {'judul': 'Voli antardusun'})], known=True),
        Place('J2', [('3', 'J1', {}), ('2', 'J2', {'judul': 'Kemasan keripik'})], [('2', 'J3', {'judul': 'Kemasan keripik'})], known=True),
        Place('J2u', [('3', 'J1', {}), ('3', 'J2u', {'judul': 'Cek sehat keluarga'})], [('2', 'J3', {'judul': 'Cek sehat keluarga'})], known=True),
        Place('J0m', [('minat', 'J0m', {})], [('3', 'J10', {'topik': 'WISATA'})]),
        Place('L1', [('6', 'L1', {})], [('9', 'L2', {})]),
        Place('L2', [('6', 'L1', {}), ('9', 'L2', {})], [('5', 'L3', {})]),
        Place('L3', l3, [('gaji tiga bulan belum ada', 'L3t', {}), ('selesai', 'L4', {}), ('2', 'L5', {})], end='report'),
        Place('L4', l3 + [('gaji tiga bulan belum ada', 'L3t', {}), ('selesai', 'L4', {})], [('2', 'L5', {})], end='report'),
        Place('T1', [('5', 'T1', {})], [('1', SILENT, {})], end='cry'),
        Place('TA', [('tolong saya bingung', 'TA', {})], [('2', 'M0', {})]),
        Place('UNK', [('batal', 'BTL', {}), ('besok hujan gak bu', 'UNK', {})], [('1', 'M0', {})], only=('sms',)),  # by USSD a screen always waits
        Place('ASK', [('hapsu', 'ASK', {'a': 'HAPUS', 'b': 'MENU'})], [('2', 'M0', {})]),
        Place('A1', [('7', 'M7', {}), ('1', 'A1', {})], [('2', 'A2', {})], known=True),
        Place('D6u of UBAH', [('7', 'M7', {}), ('2', 'D6u', {})], [('4', 'D5', {}), ('2', 'D6', dict(c.said, negara='TAIWAN')), ('1', 'D9', {})], known=True, end='moved'),
        Place('NUM', [('8', info('Pilih angka 1 sampai 7.'), {})], [('7', 'M7', {})], also=('M0',)),
    ]


# ---- a person ----

class Person:
    """A phone with both bearers. What it is shown comes back as text."""

    def __init__(self, world, citizen):
        self.world, self.c = world, citizen
        self.phone = Handset(world.port, citizen.number)
        self.ours = world.ours(citizen.n)
        self.bearer, self.heard = 'ussd', 0

    def next_sms(self, limit_s=40):
        text = self.world.net.wait_for(self.c.number, self.heard + 1, limit_s)[self.heard]['text']
        self.heard += 1
        return text

    def say(self, text):
        if self.bearer == 'ussd':
            return self.phone.type(text).text
        self.send(text)
        return self.next_sms()

    def send(self, text):
        self.world.net.send(self.c.number, self.ours, text)

    def begin(self):
        if self.bearer == 'ussd':
            return self.phone.dial().text
        return self.say('menu')

    def hints(self):
        """What came by SMS and was not looked at."""
        new = [m['text'] for m in self.world.net.inbox(self.c.number)[self.heard:]]
        self.heard += len(new)
        return new


def check(step, text):
    """Is the screen what the step must bring? What is said over an open question has the way back to it below."""
    typed, screen, values = step
    shown, back = text, '\n' + WORDS.screens['PGK']
    if isinstance(screen, str) and '0' not in WORDS.screens[screen].split('\n')[-1] and text.endswith(back):
        text = text[:-len(back)]
    if isinstance(screen, tuple):
        assert screen[0] in text, f'{typed!r} brought {text!r}, not {screen[0]!r}'
    elif screen:
        WORDS.expect(screen, text, **values)
    return shown


def walk(p, steps):
    """The screen that the last one brought."""
    shown = None
    for step in steps:
        shown = check(step, p.say(step[0]))
    return shown


# ---- a cell ----

def same_question(place, shown, again):
    if again == shown:
        return
    assert place.also, f'another screen than before the break: {again!r}, before {shown!r}'
    for screen in place.also:
        if WORDS.says(screen, again):
            return
    raise AssertionError(f'none of {place.also}: {again!r}, before {shown!r}')


def check_hint(place, shown, hint):
    allowed = [WORDS.hint(place.name, shown)]
    if place.also:
        allowed += [None]
    assert hint in allowed or (None in allowed and hint), f'the hint was {hint!r}, not {allowed}'


class Cell:
    """One place, one bearer before the break, one way to go on after it."""

    def __init__(self, world, place_name, begin, way, citizen):
        self.world, self.begin, self.way, self.c = world, begin, way, citizen
        self.place = next(x for x in registration_places(citizen) + menu_places(citizen) if x.name == place_name)
        self.name = f'{place_name}, {begin}, then {way}'
        self.p = Person(world, citizen)
        self.shown, self.failure = None, None

    def guarded(self, function):
        if self.failure:
            return
        try:
            function()
        except Exception as why:  # of a thread: the report tells it
            self.failure = f'{type(why).__name__}: {why}'

    def before(self):
        """Walks to the place; then the line drops."""
        p, place = self.p, self.place
        if place.known:
            p.begin()
            steps, last = registration(self.c)
            walk(p, steps + last)
        p.bearer = self.begin
        first = p.begin()
        assert WORDS.says('M0', first), f'the first screen is {first!r}'
        self.shown = walk(p, place.path) or first
        if self.begin == 'ussd':
            assert p.phone.screen.waits, f'the session has ended with {self.shown!r}'
            if self.way != 'a new session':
                p.phone.hang_up()
                if place.hint:
                    check_hint(place, self.shown, p.next_sms())

    def after(self):
        """Goes on by the other way: the same question, and the rest of the walk."""
        p, place = self.p, self.place
        if self.way.startswith('sms'):
            p.bearer = 'sms'
            if 'nothing' in self.way:
                again = p.say(NOTHING)
                assert any(re.fullmatch(f'(?:.*[ \n])?{WORDS.pattern(x)}', again, re.S) for x in REFUSALS[place.name]), f'{NOTHING!r} brought {again!r}'
        else:
            p.bearer = 'ussd'
            again = p.phone.dial().text
            if 'later' in self.way and WORDS.says('RES', again):
                again = p.say('1')
            same_question(place, self.shown, again)
        for step in place.then:
            if p.bearer == 'ussd' and not p.phone.screen.waits:
                p.phone.dial()
            if step[1] is SILENT and p.bearer == 'sms':
                p.send(step[0])
            else:
                check(step, p.say(step[0]))
        extra = [h for h in p.hints() if not (self.begin == 'ussd' and self.way == 'a new session' and place.hint)]
        assert not extra, f'more SMS than one hint: {extra}'
        self.check_end()

    def check_end(self):
        kabar, c, end = self.world.kabar, self.c, self.place.end
        ends = {'registered': {}, 'sidomulyo': {'village': '1204'}, 'japan': {'country': 'JEPANG'}, 'renamed': {'name': 'SITI BARU'}, 'moved': {'country': 'TAIWAN'}}
        if end in ends:
            c.check_stored(kabar, **ends[end])
        elif end:
            wanted = [('report', 'gaji', 1, -1)] if end == 'report' else [('sos', '', 0, 1)]
            look = lambda: kabar.sql('select kind, topic, anonymous, may_call from cases where peer = ?', c.number)  # noqa: E731
            until(lambda: look() == wanted, 10, lambda: f'the case {wanted}, stored: {look()}')


# ---- the world ----

class World:
    def __init__(self, net, kabar, port):
        self.net, self.kabar, self.port = net, kabar, port
        self.cells = []

    def ours(self, n):
        numbers = list(self.net.modems.values())
        return numbers[n % len(numbers)]

    def each(self, function, cells):
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(function, cells))


def all_cells(world):
    """Every place by every pair. What an hour does is another half: only the registration is offered again then."""
    some = Citizen(0)
    n = 0
    for place in registration_places(some) + menu_places(some):
        ways = [('ussd', 'a redial'), ('ussd', 'a new session'), ('ussd', 'sms'), ('sms', 'a dial')]
        if place.end == 'registered' and place.name not in ('D1',):
            ways += [('ussd', 'a dial later'), ('ussd', 'sms later'), ('sms', 'a dial later')]
        if place.name in REFUSALS:
            ways += [('ussd', 'sms that says nothing')]
        for begin, way in ways:
            if begin not in place.only:
                continue
            n += 1
            yield Cell(world, place.name, begin, way, Citizen(n))


WAYS_IN_TURN = (('ussd', 'sms'), ('sms', 'ussd'), ('ussd', 'ussd'), ('ussd', 'gone', 'sms'))


def in_turns(world, n, bearers_in_turn):
    """One registration, and at every screen the line drops and another bearer goes on."""
    c = Citizen(n)
    p = Person(world, c)
    steps, last = registration(c)
    p.bearer = 'sms' if bearers_in_turn[0] == 'sms' else 'ussd'
    shown = p.begin()
    for i, step in enumerate(steps + last, 1):
        then = bearers_in_turn[i % len(bearers_in_turn)]
        if p.bearer == 'ussd' and then != 'gone':
            p.phone.hang_up()
            if i > 2:  # neither of the menu nor of D1
                check_hint(Place(step[1], [], []), shown, p.next_sms())
        p.bearer = 'sms' if then == 'sms' else 'ussd'
        if p.bearer == 'ussd':
            again = p.phone.dial().text
            assert again == shown, f'{again!r}, before the break {shown!r}'
        shown = check(step, p.say(step[0]))
    c.check_stored(world.kabar)


def matrix():
    with Network(modems=MODEMS) as net:
        port = free_port()
        kabar = Gateway(net, gateway='demo = true; dinas = "Dinas Contoh"; replies_per_hour = 1000;', bearers=bearers(net, port))
        kabar.set_clock(0)
        with kabar:
            world = World(net, kabar, port)
            cells = list(all_cells(world))
            world.each(lambda c: c.guarded(c.before), cells)
            world.each(lambda c: c.guarded(c.after), [c for c in cells if 'later' not in c.way])
            kabar.set_clock(LATER_S)
            world.each(lambda c: c.guarded(c.after), [c for c in cells if 'later' in c.way])
            report(cells)
            for i, ways in enumerate(WAYS_IN_TURN):
                in_turns(world, 5000 + i, ways)


def report(cells):
    red = [c for c in cells if c.failure]
    for c in red[:RED_SHOWN]:
        print(f'# red: {c.name}: {c.failure}')
    print(f'# {len(cells) - len(red)} cells green, {len(red)} red, {len({c.place.name for c in cells})} screens', flush=True)
    assert not red, f'{len(red)} of {len(cells)} cells are red'


# ---- the test of the test ----

class Nobody:
    """Beside a constant gateway there is no network and no store: its SMS are its page too."""

    def __init__(self, page):
        self.page, self.modems, self.sent = page, MODEMS, collections.Counter()
        self.lock = threading.Lock()

    def send(self, sender, to, text):
        with self.lock:
            self.sent[sender] += 1

    def inbox(self, number):
        return [{'text': self.page}] * self.sent[number]

    def wait_for(self, number, n, limit_s):
        return [{'text': self.page}] * n

    def sql(self, *_):
        return []


def constant(screen):
    """No cell may be green against a gateway that says this screen for ever."""
    page = WORDS.screens[screen]
    with ConstantGateway(f'CON {page}') as gateway:
        nobody = Nobody(page)
        world = World(nobody, nobody, gateway.port)
        cells = list(all_cells(world))
        world.each(lambda c: (c.guarded(c.before), c.guarded(c.after)), cells)
        green = [c.name for c in cells if not c.failure]
        assert not green, f'green against a constant page: {green}'
        print(f'# constant page {screen}: {len(cells)} cells red, the first: {cells[0].failure}')


if __name__ == '__main__':
    test('a gateway that always shows its menu is red in every cell', constant, 'M0')
    test('a gateway that always asks for the name is red in every cell', constant, 'D2')
    test('the line drops at every screen, and every other bearer goes on', matrix)
    finish()
