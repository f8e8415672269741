#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What people and gateways do wrong in the middle of a dialogue: each mistake gets a clear screen and the question again, or a 4xx; nothing is stored that was not asked,
and the dialogue goes on from where it was."""
from libkabar import Gateway, Network, finish, test
from libussd import Citizen, Handset, Wire, Words, bearers, free_port

WORDS = Words()
WEEK_S = 7 * 24 * 3600
OURS = '+6281100000001'
SENTENCE = 'selamat pagi bapak ibu saya mau tanya dulu bagaimana caranya ini ya'
LONG = 'x' * 500
QUESTIONS = ('D1', 'D2', 'D3', 'D4', 'D5', 'D6')


class World:
    """A gateway with a modem and a listener, and one phone after the other."""

    def __init__(self):
        self.net, self.port, self.n = Network(), free_port(), 0

    def __enter__(self):
        self.net.__enter__()
        self.kabar = Gateway(self.net, gateway='demo = true; replies_per_hour = 1000;', bearers=bearers(self.net, self.port))
        self.kabar.set_clock(0)
        self.kabar.start()
        return self

    def __exit__(self, kind, *_):
        try:
            code = self.kabar.stop()
            if kind is None:
                assert code == 0, self.kabar.log()
                self.kabar.check_store()
        finally:
            self.net.__exit__()

    def phone(self):
        self.n += 1
        c = Citizen(self.n)
        return c, Handset(self.port, c.number)

    def at(self, question):
        """A phone whose session has come to a question of the registration."""
        c, phone = self.phone()
        screen = phone.dial()
        typed = dict(M0='1', **c.answers())
        for here in ('M0',) + QUESTIONS:
            WORDS.expect(here, screen.text, **(c.said if here == 'D6' else {}))
            if here == question:
                break
            screen = phone.type(typed[here])
        return c, phone

    def stored_nothing(self, c):
        for table in ('person', 'number', 'consent', 'cases', 'interest', 'enrol', 'request'):
            where = {'person': 'id in (select person from number where peer = ?)', 'enrol': 'peer = ?', 'request': 'peer = ?'}.get(table, 'peer = ?')
            rows = self.kabar.sql(f'select count(*) from {table} where {where}', c.number)
            assert rows == [(0,)], f'{table} holds {rows} of {c.number}'

    def goes_on(self, c, phone, question):
        """From the question to the end, as if nothing had been."""
        for here in QUESTIONS[QUESTIONS.index(question):]:
            screen = phone.type(c.answers()[here])
        WORDS.expect('D7', screen.text)
        c.check_stored(self.kabar)
        phone.close()


def mistake(world, question, typed, wanted, **values):
    """A mistake at a question: one of the wanted screens, which waits; nothing stored; the dialogue goes on."""
    c, phone = world.at(question)
    screen = phone.type(typed)
    assert any(ends_in(x, screen.text, values) for x in wanted), f'{typed[:40]!r} at {question} brought {screen.text!r}, not one of {wanted}'
    assert screen.waits, f'{typed[:40]!r} at {question} ended the session: {screen.text!r}'
    world.stored_nothing(c)
    world.goes_on(c, phone, question)


def ends_in(screen, text, values):
    try:
        WORDS.expect(screen, text, **values)
        return True
    except AssertionError:
        return False


def out_of_range(world):
    c, phone = world.at('M0')
    for typed, n, screen in (('9', 7, 'M0'), ('8', 7, 'M0')):
        text = phone.type(typed).text
        WORDS.expect('NUM', text.split('.')[0] + '.', n=n)
        WORDS.expect(screen, text)
    phone.type('7')
    WORDS.expect('M7', phone.type('9').text)
    phone.close()
    c, phone = world.at('D6')
    WORDS.expect('D6u', phone.type('2').text)
    text = phone.type('9').text
    assert text.startswith('Pilih angka 1 sampai 4.'), text
    WORDS.expect('D6u', text)
    WORDS.expect('D6', phone.type('0').text, **c.said)
    world.stored_nothing(c)
    world.goes_on(c, phone, 'D6')


def words_for_numbers(world):
    c, phone = world.at('D5')
    WORDS.expect('D6', phone.type('hongkong').text, **c.said)
    WORDS.expect('D6u', phone.type('ubah').text)
    WORDS.expect('D2', phone.type('nama').text)
    WORDS.expect('D6', phone.type(c.name).text, **c.said)
    WORDS.expect('D7', phone.type('benar').text)
    c.check_stored(world.kabar)
    phone.close()


def star_typed(world):
    """A `*` that the person typed looks like two answers in what the gateway tells; only what is new counts, and it is one answer."""
    c, phone = world.at('D2')
    screen = phone.type('siti*demo')
    assert ends_in('D2e', screen.text, {}) or ends_in('D3', screen.text, {}), screen.text
    if ends_in('D2e', screen.text, {}):
        screen = phone.type('siti demo')
    WORDS.expect('D4', phone.type(c.nik).text)
    phone.close()


def strange_letters(world):
    for typed in ('a&b=c', '100%', '1+1', "nur'aini", '#', '\u00e9\u00e8', '\U0001f600', 'sessionId=1&text=2', ' ', '\n'):
        c, phone = world.at('D2')
        screen = phone.type(typed)
        assert any(ends_in(x, screen.text, {}) for x in ('D2', 'D2e', 'D3')), f'{typed!r}: {screen.text!r}'
        world.stored_nothing(c)
        phone.close()


def last_week(world):
    c, phone = world.at('D6')
    old = phone.session, list(phone.typed)
    phone.hang_up()
    world.net.wait_for(c.number, 1)  # the hint
    world.kabar.set_clock(WEEK_S)
    try:
        before = len(world.net.inbox(c.number))
        world.net.send(c.number, OURS, '1')
        WORDS.expect('UNK', world.net.wait_for(c.number, before + 1)[before]['text'])
        world.stored_nothing(c)
        phone.session, phone.typed = old[0], old[1] + ['1']
        phone.post()
        assert not ends_in('D7', phone.screen.text, {}), phone.screen.text
        world.stored_nothing(c)
        phone.dial()
        WORDS.expect('D1', phone.type('daftar').text)
        WORDS.expect('D2', phone.type('1').text)  # nothing of last week is offered
        world.stored_nothing(c)
        phone.close()
    finally:
        world.kabar.set_clock(0)


def refused(world, **fields):
    """A request that is none: 4xx, in words."""
    wire = Wire(world.port)
    status, body = wire.post(**fields)
    wire.close()
    assert 400 <= status < 500 and len(body) > 10 and not body.startswith(('CON', 'END')), f'{status} {body!r}'
    return status


def another_number(world):
    """Two phones with one session id; another MSISDN in mid-session: refused, and the first goes on."""
    c, phone = world.at('D3')
    thief = Citizen(900001)
    for text in ('', '1', '*'.join(phone.typed), '*'.join(phone.typed + ['1'])):
        refused(world, sessionId=phone.session, phoneNumber=thief.number, networkCode='51010', serviceCode='*123#', text=text)
    world.stored_nothing(thief)
    assert world.kabar.sql('select count(*) from conversation where peer = ?', thief.number) == [(0,)]
    world.goes_on(c, phone, 'D3')


def long_session(world):
    c = Citizen(900002)
    refused(world, sessionId='s' * 300, phoneNumber=c.number, networkCode='51010', serviceCode='*123#', text='')
    world.stored_nothing(c)
    assert world.kabar.sql('select count(*) from session where peer = ?', c.number) == [(0,)]


def two_sessions(world):
    """One number on two ids, in turns: it is one dialogue. No answer is taken for a question that was not on that screen, and the person comes out right."""
    c, first = world.at('D3')
    second = Handset(world.port, c.number)
    WORDS.expect('D3', second.dial().text)
    WORDS.expect('D4', second.type(c.nik).text)
    screen = first.type('siti lain')
    assert not screen.waits or ends_in('D4', screen.text, {}) or ends_in('D4e', screen.text, {}), f'the session that was left goes on: {screen.text!r}'
    third = Handset(world.port, c.number)
    screen = third.dial()
    assert ends_in('D4', screen.text, {}) or ends_in('D4e', screen.text, {}), screen.text
    world.goes_on(c, third, 'D4')
    first.close()
    second.close()


MISTAKES = [
    ('D1', '9', ('D1', 'NUM')), ('D1', 'entahlah', ('D1',)), ('D1', '', ('D1',)), ('D1', LONG, ('D1',)), ('D1', SENTENCE, ('D1',)),
    ('D2', '9', ('D2e',)), ('D2', '', ('D2',)), ('D2', LONG, ('D2e',)), ('D2', SENTENCE + ' 123', ('D2e',)),
    ('D3', '9', ('D3l', 'D3d')), ('D3', 'siti', ('D3l', 'D3d')), ('D3', '', ('D3',)), ('D3', LONG, ('D3l', 'D3d')), ('D3', SENTENCE, ('D3l', 'D3d')),
    ('D4', '9', ('D4e',)), ('D4', '', ('D4',)), ('D4', LONG, ('D4e',)), ('D4', SENTENCE, ('D4e',)),
    ('D5', '9', ('D5',)), ('D5', 'mars', ('D5e',)), ('D5', '', ('D5',)), ('D5', LONG, ('D5e',)), ('D5', SENTENCE, ('D5e',)),
    ('D6', '9', ('D6',)), ('D6', 'entahlah', ('D6',)), ('D6', '', ('D6',)), ('D6', LONG, ('D6',)), ('D6', SENTENCE, ('D6',)),
]

if __name__ == '__main__':
    with World() as one:
        for at, what, screens in MISTAKES:
            test(f'{at}: {"an empty answer" if not what else f"{len(what)} characters" if len(what) > 99 else repr(what)}', mistake, one, at, what, screens)
        test('a number out of range: NUM and the screen', out_of_range, one)
        test('words in place of a number are understood', words_for_numbers, one)
        test('a `*` that was typed', star_typed, one)
        test('letters that forms and gateways treat their own way', strange_letters, one)
        test('two phones with one session, another number in mid-session: refused', another_number, one)
        test('a session id of 300 characters: refused', long_session, one)
        test('one number in two sessions is one dialogue', two_sessions, one)
        test('an answer to a question of last week', last_week, one)
    finish()
