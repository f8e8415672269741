# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of USSD gateways that shares nothing with the gateway: its own HTTP (Africa's Talking form: `text` accumulates by `*`, CON goes on, END ends), and its own
reading of menus/words/id.words. What a person sees is a Handset; what she must see is said by Words.

    words, phone = Words(), Handset(port, '+6281255500001')
    words.expect('M0', phone.dial().text)
    words.expect('D6', phone.type('3').text, nama='SITI DEMO')
"""
import os
import re
import socket
import threading
import urllib.parse
import uuid

from libkabar import SLOW, TOP

CODE = '*123#'
PATH = '/ussd'
LIMIT_S = 15  # an answer: the gateway promises two seconds, a loaded machine takes more


# ---- what must be said ----

class Words:
    """The screens of one language: patterns with holes where placeholders stand."""

    def __init__(self, path=os.path.join(TOP, 'menus/words/id.words')):
        self.screens = {}
        with open(path, encoding='utf-8') as f:
            for line in f:
                screen, equals, text = line.rstrip('\n').partition(' = ')
                if equals and not line.startswith('#'):
                    self.screens[screen] = text.replace('|', '\n')

    def pattern(self, screen, **values):
        """A regular expression of the screen. A value fills every place of its name; the others take anything, and a line that holds only a place may be missing."""
        lines = []
        for line in self.screens[screen].split('\n'):
            alone = re.fullmatch(r'\{(\w+)\}', line)
            part = ''.join(re.escape(str(values[p[1:-1]])) if p[:1] == '{' and p[1:-1] in values else '.*?' if p[:1] == '{' else re.escape(p)
                           for p in re.split(r'(\{\w+\})', line))
            lines.append((part, bool(alone) and not values.get(alone.group(1))))
        out = ''
        for i, (part, optional) in enumerate(lines):
            out += f'(?:{part}\n)?' if optional and i + 1 < len(lines) else part + ('\n' if i + 1 < len(lines) else '')
        return out

    def says(self, screen, text, **values):
        return re.fullmatch(self.pattern(screen, **values), text, re.S) is not None

    def expect(self, screen, text, **values):
        """Fails unless the text is the screen, alone or behind another one (a refusal, NUM, what was understood)."""
        assert re.fullmatch(f'(?:.*[ \n])?{self.pattern(screen, **values)}', text, re.S), f'wanted {screen} {values or ""}: {self.screens[screen]!r}, got {text!r}'
        return text

    def which(self, text):
        """Every screen that the whole text can be."""
        return [s for s in self.screens if self.says(s, text)]

    def hint(self, screen, shown):
        """What the SMS after a broken line says: HNT with the screen that waits, without its line of 0; the screen alone if that is too long."""
        asked = '\n'.join(line for line in shown.split('\n') if not re.match(r'0 ', line))
        whole = self.screens['HNT'].replace('{tanya}', asked)
        return whole if len(whole) <= 160 else asked


# ---- the wire ----

class NoAnswer(Exception):
    """The request may have been taken, or not: it is repeated as it was."""


def receive(s):
    """One response: status, headers, body."""
    data = b''
    while b'\r\n\r\n' not in data:
        piece = s.recv(65536)
        if not piece:
            raise NoAnswer(f'the connection ended behind {data[:60]!r}')
        data += piece
    head, _, body = data.partition(b'\r\n\r\n')
    lines = head.decode('latin-1').split('\r\n')
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(':') for line in lines[1:])}
    wanted = int(headers.get('content-length', 0))
    while len(body) < wanted:
        piece = s.recv(65536)
        if not piece:
            raise NoAnswer('the connection ended within the body')
        body += piece
    return int(lines[0].split()[1]), headers, body


class Wire:
    """One connection that is kept as long as the gateway keeps it."""

    def __init__(self, port, host='127.0.0.1', path=PATH):
        self.port, self.host, self.path = port, host, path
        self.socket = None

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def post_bytes(self, body, content_type='application/x-www-form-urlencoded', method='POST', limit_s=LIMIT_S):
        head = (f'{method} {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: {content_type}\r\n'
                f'Content-Length: {len(body)}\r\n\r\n').encode()
        fresh = self.socket is None
        try:
            if fresh:
                self.socket = socket.create_connection((self.host, self.port), timeout=limit_s * SLOW)
            self.socket.settimeout(limit_s * SLOW)
            self.socket.sendall(head + body)
            status, headers, answer = receive(self.socket)
        except (OSError, NoAnswer) as why:
            self.close()
            if not fresh and not isinstance(why, TimeoutError):  # the gateway had ended an idle connection
                return self.post_bytes(body, content_type, method, limit_s)
            raise NoAnswer(str(why)) from why
        if headers.get('connection', '').lower() == 'close':
            self.close()
        return status, answer.decode('utf-8')

    def post(self, **fields):
        return self.post_bytes(urllib.parse.urlencode(fields, quote_via=urllib.parse.quote).encode())


# ---- the phone ----

class Screen:
    """What a handset shows: CON waits for an answer, END is the last one."""

    def __init__(self, body):
        self.kind, _, self.text = body.partition(' ')
        assert self.kind in ('CON', 'END'), f'neither CON nor END: {body!r}'

    @property
    def waits(self):
        return self.kind == 'CON'


class Handset:
    """One number that dials. A request without an answer is an exception NoAnswer; repeat() sends it again."""

    def __init__(self, port, number, code=CODE, path=PATH):
        self.wire, self.number, self.code, self.dialled = Wire(port, path=path), number, code, code
        self.session, self.typed, self.screen, self.status, self.fields = None, [], None, None, None

    def post(self, **more):
        self.fields = dict({'sessionId': self.session, 'phoneNumber': self.number, 'networkCode': '51010', 'serviceCode': self.dialled,
                            'text': '*'.join(self.typed)}, **more)
        return self.repeat()

    def repeat(self):
        """The last request, as it was: what a network does that got no answer."""
        self.status, body = self.wire.post(**self.fields)
        assert self.status == 200, f'{self.status}: {body!r} to {self.fields}'
        self.screen = Screen(body)
        assert len(self.screen.text) <= 182 and self.screen.text, f'a screen of {len(self.screen.text)} characters: {body!r}'
        return self.screen

    def dial(self, code=None, session=None):
        self.session, self.typed, self.dialled = session or f'ATUid_{uuid.uuid4().hex}', [], code or self.code
        return self.post()

    def type(self, text):
        assert self.screen and self.screen.waits, f'the session has ended with {self.screen and self.screen.text!r}'
        self.typed.append(text)
        return self.post()

    def hang_up(self, status='Incomplete', error=''):
        """The line drops: the network tells how the session ended."""
        self.status, body = self.wire.post(sessionId=self.session, phoneNumber=self.number, networkCode='51010', serviceCode=self.dialled, status=status,
                                           date='2026-11-24 09:00:00', cost='0', durationInMillis='8000', hopsCount=str(len(self.typed) + 1),
                                           input='*'.join(self.typed), lastAppResponse='', errorMessage=error)
        assert self.status == 200, f'{self.status}: {body!r} to the end of a session'
        self.screen = None

    def close(self):
        self.wire.close()


# ---- a gateway that is none ----

class ConstantGateway:
    """Answers every request by the same page: what a test of conversations must not take for one."""

    def __init__(self, page):
        self.page = page
        self.server = socket.create_server(('127.0.0.1', 0))
        self.port = self.server.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.close()

    def accept(self):
        while True:
            try:
                s, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        body = self.page.encode()
        answer = f'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body
        data = b''
        try:
            while True:
                head, blank, rest = data.partition(b'\r\n\r\n')
                found = re.search(rb'content-length: *(\d+)', head, re.I)
                n = int(found.group(1)) if found else 0
                if blank and len(rest) >= n:
                    data = rest[n:]
                    s.sendall(answer)
                    continue
                piece = s.recv(65536)
                if not piece:
                    return
                data += piece
        except OSError:
            pass
        finally:
            s.close()


# ---- beside the real gateway ----

def free_port():
    with socket.create_server(('127.0.0.1', 0)) as s:
        return s.getsockname()[1]


def bearers(net, port, more=''):
    """The modems of a network, and a listener for a USSD gateway that may ask as often as a test does."""
    modems = [f'{{ name = "{m}"; kind = "gsm"; device = "net/{m}"; number = "{n}"; per_minute = 6000; }}' for m, n in net.modems.items()]
    return ', '.join(modems + [f'{{ name = "umb"; kind = "ussd-http"; listen = "127.0.0.1:{port}"; code = "{CODE}"; per_minute = 100000; {more} }}'])


MONTHS = 'Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des'.split()
LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'


class Citizen:
    """Invented data that no two share: what is typed, and what must be read of it."""

    def __init__(self, n, prefix='+6281256'):
        self.n, self.number = n, f'{prefix}{n:06d}'
        day, serial = 1 + n // 100 % 28, 9900 + n % 100
        month, year = 1 + n // 2800 % 12, 80 + n // 33600 % 20
        self.name = f'SITI {LETTERS[n // 676 % 26]}{LETTERS[n // 26 % 26]}{LETTERS[n % 26]} DEMO'
        self.nik = f'520307{day + 40:02d}{month:02d}{year:02d}{serial}'
        self.birth = f'19{year}-{month:02d}-{day:02d}'
        self.said = {'nama': self.name, 'lahir': f'{day} {MONTHS[month - 1]} 19{year}', 'jk': 'P', 'desa': 'Sukamaju', 'negara': 'HONG KONG'}

    def answers(self):
        """What is typed at each screen of the registration, in its order."""
        return {'D1': '1', 'D2': self.name.lower(), 'D3': self.nik, 'D4': '1203', 'D5': '3', 'D6': '1'}

    def check_stored(self, kabar, country='HONG KONG', village='1203', name=None, n=1):
        """Exactly what was typed, exactly once."""
        rows = kabar.sql('select name, birth, sex, village, country, flags, nik_hash is not null from person p join number m on m.person = p.id where m.peer = ? order by p.id',
                         self.number)
        assert len(rows) == n and rows[-1] == (name or self.name, self.birth, 'P', village, country, '', 1), f'{self.number} typed {vars(self)}, stored: {rows}'
