#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The conversations of tests/conversations over the real wires: the daemon, HTTP as a USSD gateway speaks it, SMS through simulated modems, a wall clock that is moved. The
files are read anew here, by another reading of the words (libussd.py), so that neither the player nor the gateway is its own judge.

What is played: dialled.chat, and of agreed.chat what is marked "/ ussd" (its texts are typed, after dialling). Each conversation has a gateway of its own, from
2026-11-24 09:00 WITA on. What only the player in process can do (a session whose last screen is not handed over, demo mode off) is listed as left out."""
import json
import os
import re
import time

from libkabar import TOP, Gateway, Network, finish, pool, until
from libussd import Handset, Wire, Words, bearers, free_port

WORDS = Words()
OURS = '+6281100000001'
NUMBERS = {'A': '+6281255500001', 'B': '+6281255500002', 'H': '+85251234567', 'P': '+6281255500011', 'Q': '+6281255500012', 'K': '+6281255500021',
           'V': '+6281255500031', 'R': '+6281255500099'}
START_S = 1795482000  # 2026-11-24 09:00 in Asia/Makassar
UNITS = {'s': 1, 'm': 60, 'h': 3600, 'd': 86400}
QUIET_S = 1.5
LEFT_OUT = ('@ late', '@ unshown', '! demo', '! approve', '! seats', '! word', '! drafts', '! info', '! draft', '! officer')
FILES = ('agreed.chat', 'dialled.chat')
BACK = '\n' + WORDS.screens['PGK']


def examples():
    """What a place is filled with where a conversation does not say: menus/words/placeholders."""
    found = {}
    with open(os.path.join(TOP, 'menus/words/placeholders'), encoding='utf-8') as f:
        for line in f:
            left, equals, example = line.rstrip('\n').partition(' =')
            if equals and not line.startswith('#') and example.strip():
                found[left.split()[0]] = example.strip()
    return found


EXAMPLES = examples()


# ---- files ----

def conversations(path):
    """(title, lines) of each."""
    title, lines = None, []
    with open(path, encoding='utf-8') as f:
        for line in f.read().split('\n') + ['# ']:
            if line.startswith('#'):
                if title:
                    yield title, lines
                title, lines = line[1:].strip(), []
            elif line.strip() and not line.startswith(';'):
                lines.append(line.strip())


def playable():
    """What is to be played, and the titles of what is left out."""
    rows, left = [], []
    for name in FILES:
        for title, lines in conversations(os.path.join(TOP, 'tests/conversations', name)):
            dials = any(re.match(r'@ \S+ ussd', x) for x in lines)
            if not dials and not title.endswith('/ ussd'):
                continue
            if any(x.startswith(LEFT_OUT) or re.match(r'! person .*\bno=', x) for x in lines):  # who dials draws a number of her own
                left.append(title)
            else:
                rows.append((title.removesuffix('/ ussd').strip(), lines, not dials))
    return rows, left


# ---- expectations ----

def regex(what, values, captured):
    """The pattern of `{D6 nama=SITI DEMO} ..`; values hold on."""
    out, names = '', set()
    for piece in re.split(r'(\{[^}]*\}|\.\.|\|)', what):
        if piece.startswith('{'):
            screen, _, pairs = piece[1:-1].partition(' ')
            out += screen_regex(screen, pairs, values, captured, names)
        else:
            out += {'..': '.*?', '|': '\n'}.get(piece, re.escape(piece))
    return out


def value_regex(value, captured, names):
    if value == '*':
        return '.*?'
    name = value[1:]
    if value.startswith('$') and name.isalnum() and name not in captured:
        again = name in names
        names.add(name)
        return f'(?P={name})' if again else f'(?P<{name}>.*?)'
    return re.escape(expand(value, captured).replace('|', '\n'))


def screen_regex(screen, pairs, values, captured, names):
    here = {}
    for pair in pairs.split(';') if pairs else []:
        name, _, value = pair.partition('=')
        here.setdefault(name, []).append(value)
        values[name] = value
    lines = []
    for line in WORDS.screens[screen].split('\n'):
        part, empty = '', False
        for p in re.split(r'(\{\w+\})', line):
            if not p.startswith('{'):
                part += re.escape(p)
                continue
            name = p[1:-1]
            given = here[name].pop(0) if len(here.get(name, [])) > 1 else here[name][0] if name in here else values.get(name, EXAMPLES.get(name, '*'))
            empty = empty or (given == '' and line == p)
            part += value_regex(given, captured, names)
        if not empty:
            lines.append(part)
    return '\n'.join(lines)


def expand(text, captured):
    text = re.sub(r'\$(\w+)', lambda m: captured.get(m.group(1), m.group(0)), text)
    return text.replace('\\n', '\n')


# ---- a phone ----

class Phone:
    def __init__(self, number, port):
        self.number, self.set, self.heard = number, Handset(port, number), 0
        self.screen, self.open = None, False  # not looked at yet; does the session wait?

    def shown(self, screen):
        self.screen, self.open = screen.text, screen.waits


class Player:
    def __init__(self, net, kabar, port, dialled):
        self.net, self.kabar, self.port, self.dialled = net, kabar, port, dialled
        self.phones, self.values, self.captured = {}, {}, {}
        self.shift_s = None
        self.pick('A sms')

    def pick(self, text):
        name, bearer, *when = text.split(' ', 2)
        if when:
            self.move(when[0])
        number = NUMBERS.get(name, name)
        self.phone = self.phones.setdefault(number, Phone(number, self.port))
        self.dials = bearer == 'ussd' or self.dialled

    # ---- the clock ----

    def begin_clock(self):
        self.shift_s = START_S - int(time.time())
        self.kabar.set_clock(self.shift_s)

    def move(self, text):
        plus = re.fullmatch(r'\+(\d+)([smhd])', text)
        if plus:
            by = int(plus.group(1)) * UNITS[plus.group(2)]
        else:
            at = re.match(r'2026-11-(\d+) (\d+):(\d+)', text)
            by = START_S + (int(at.group(1)) - 24) * 86400 + (int(at.group(2)) - 9) * 3600 + int(at.group(3)) * 60 - int(time.time()) - self.shift_s
        if by >= UNITS['m']:
            for p in self.phones.values():  # the network does not wait so long
                if p.open:
                    self.hang_up(p)
        self.shift_s += by
        self.kabar.set_clock(self.shift_s)
        if by >= UNITS['h']:
            self.confirm_clock()

    def confirm_clock(self):
        """A jump: what nobody asked for waits until a person has looked at the clock."""
        until(lambda: self.kabar.sql("select 1 from alarm where kind = 'clock' and ended_ms is null"), 15, 'the jump of the clock is seen')
        self.kabar.cli('clock', 'confirm')
        until(lambda: self.kabar.sql("select 1 from meta where key = 'clock' and value <> ''"), 15, 'its new time is the one that counts')

    # ---- what people do ----

    def send(self, text):
        text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
        many = re.fullmatch(r'<(\d+) (.+)>', text)
        text = many.group(2) * int(many.group(1)) if many else expand(text, self.captured)
        p = self.phone
        assert p.screen is None, f'nobody looked at {p.screen!r}'
        if not self.dials:
            self.net.send(p.number, OURS, text)
            return
        code = re.fullmatch(r'\*123(\*.*)?#', text)
        if self.dialled and not p.open:
            p.shown(p.set.dial())
        if code and not self.dialled:
            assert not p.open, 'a session is open'
            p.shown(p.set.dial(text))
        else:
            p.shown(p.set.type(text))

    def hang_up(self, p, **how):
        p.set.hang_up(**how)
        p.open = False

    def session(self, verb):
        p = self.phone
        if verb in ('drop', 'timeout'):
            self.hang_up(p, error='Request timed out' if verb == 'timeout' else '')
        elif verb == 'gone':
            p.open = False
        elif verb == 'again':
            again = p.set.repeat().text
            assert again == p.screen, f'the request came again: {again!r}, first {p.screen!r}'
        elif verb.startswith('intruder '):
            wire = Wire(self.port)
            status, body = wire.post(**dict(p.set.fields, phoneNumber=NUMBERS[verb.split()[1]]))
            wire.close()
            assert 400 <= status < 500, f'a session of another number: {status} {body!r}'
        elif verb in ('waits', 'ended'):
            assert p.open == (verb == 'waits'), f'the session {"waits" if p.open else "has ended"}'
        else:
            return False
        return True

    # ---- what must come ----

    def take(self):
        p = self.phone
        if p.screen is not None:
            text, p.screen = p.screen, None
            return text, True
        text = self.net.wait_for(p.number, p.heard + 1, 30)[p.heard]['text']
        p.heard += 1
        return text, False

    def expect(self, what):
        pattern = regex(what, self.values, self.captured)
        came, is_screen = self.take()
        found = re.fullmatch(pattern, came, re.S)
        if not found and self.dialled and came.endswith(BACK):  # dialling left the main menu open
            came = came[:-len(BACK)]
            found = re.fullmatch(pattern, came, re.S)
        if not found and is_screen:  # several messages are one screen
            found = re.fullmatch(f'{pattern}\n(?P<_rest>.+)', came, re.S)
            self.phone.screen = found and found.group('_rest')
        assert found, f'wanted {what}: {pattern!r}, got {came!r}'
        self.captured.update({k: v for k, v in found.groupdict().items() if not k.startswith('_')})

    def quiet(self):
        time.sleep(QUIET_S)
        self.all_heard([self.phone])

    def all_heard(self, phones):
        for p in phones:
            assert p.screen is None, f'nobody looked at {p.screen!r}'
            more = [m['text'] for m in self.net.inbox(p.number)[p.heard:]]
            assert not more, f'{p.number} got {more}'

    # ---- orders ----

    def order(self, what, first, rest):
        pairs = dict(x.partition('=')[::2] for x in rest.split(';') if '=' in x)
        {'person': self.person, 'people': self.people, 'case': self.case, 'enrolled': self.enrolled,
         'regno': lambda *_: None, 'operators': lambda *_: None, 'parts': lambda *_: None}[what](first, rest, pairs)

    def person(self, name, _, pairs):
        """Registers one by dialling."""
        number = NUMBERS[name]
        p = self.phones.setdefault(number, Phone(number, self.port))
        p.set.dial()
        for typed in ('1', '1', pairs.get('name', 'SITI DEMO'), pairs.get('nik', '5203075708909998'), pairs.get('village', '1203'), pairs.get('country', 'HONG KONG'), '1'):
            screen = p.set.type(typed)
        assert WORDS.says('D7', screen.text), screen.text

    def people(self, name, _, pairs):
        rows = self.kabar.sql('select p.name, p.village, p.village_text, p.country, p.stage, p.flags, p.nik_hash from person p join number m on m.person = p.id and m.state = \'own\' '
                              'where m.peer = ? order by p.id', NUMBERS[name])
        last = rows[-1] if rows else ('',) * 6 + (None,)
        is_now = dict(zip(('name', 'village', 'text', 'country', 'stage', 'flags'), last), count=str(len(rows)), nik='yes' if last[6] else 'no')
        assert all(is_now[k] == v for k, v in pairs.items()), f'wanted {pairs}, stored {is_now}'

    def case(self, name, rest, _):
        kind, _, pairs = rest.partition(' ')
        wanted = dict(x.partition('=')[::2] for x in pairs.split(';') if '=' in x)

        def now():
            rows = self.kabar.sql("select state, certain, may_call, topic, anonymous from cases where peer = ? and kind = ? and state not in ('closed', 'withdrawn') order by id",
                                  NUMBERS[name], kind)
            return dict(zip(('state', 'certain', 'call', 'topic', 'anonymous'), map(str, rows[-1]))) if rows else {'state': 'none'}
        assert all(now().get(k) == v for k, v in wanted.items()), f'wanted {wanted}, stored {now()}'

    def enrolled(self, name, rest, _):
        code, state = rest.split()
        rows = self.kabar.sql('select e.state from enrol e join schedule s on s.id = e.schedule where e.peer = ? and s.code = ?', NUMBERS[name], code)
        assert rows == [(state,)], f'{code}: {rows}'

    # ---- a line ----

    def line(self, text):
        kind, rest = text[0], text[1:].strip()
        if kind == '>':
            self.send(rest)
        elif kind == '<':
            self.expect(rest)
        elif kind == '!':
            what, first, *more = rest.split(' ', 2)
            self.order(what, first, more[0] if more else '')
        elif rest == 'quiet':
            self.quiet()
        elif re.match(r'\+\d|20\d\d-', rest):
            self.move(rest)
        elif not self.session(rest):
            self.pick(rest)


def approve_all(kabar):
    """Information rows are drafts, and say so, until an officer has approved them."""
    for topic in {row['topic'] for row in json.loads(kabar.cli('info', 'list', '--json'))}:
        kabar.cli('info', 'approve', topic, '--by', 'Kepala', '--review-by', '2030-01-01')


def play(lines, dialled):
    operators = [w for x in lines if x.startswith('! operators') for w in x.split()[2:]]
    config = 'operators = ( ' + ', '.join(f'{{ number = "{NUMBERS[o]}"; }}' for o in operators) + ' );\nalarms: { look = "1s"; };'
    with Network(modems={'m1': OURS}) as net:
        port = free_port()
        kabar = Gateway(net, gateway='demo = true; dinas = "Dinas Contoh"; timezone = "Asia/Makassar"; replies_per_hour = 1000;', config=config, bearers=bearers(net, port))
        player = Player(net, kabar, port, dialled)
        player.begin_clock()
        with kabar:
            if any('okumen' in x for x in lines):
                approve_all(kabar)
            for line in lines:
                try:
                    player.line(line)
                except AssertionError as why:
                    raise AssertionError(f'"{line}": {why}') from None
            player.all_heard(player.phones.values())
            for p in player.phones.values():
                p.set.close()


if __name__ == '__main__':
    found, left_out = playable()
    assert found
    print(f'# left to the player in process: {", ".join(left_out) or "none"}')
    pool([(title, play, lines, dialled) for title, lines, dialled in found], workers=6)
    finish()
