# SPDX-License-Identifier: GPL-2.0-or-later
"""Recorded requests of a USSD gateway (tests/data/ussd_requests.tsv), which screen an answer is, and the load of tests/bench/ussd_load.c: for tests/system/ussd_peer.py, and
for tests/bench/ussd.py, where another program gets the same requests. Screens are told by their words alone."""
import csv
import http.client
import json
import os
import re
import socket
import subprocess
import urllib.parse

from libkabar import KABAR, TOP, Gateway, Network

LOAD = os.environ.get('USSD_LOAD', os.path.join(os.path.dirname(KABAR), 'ussd_load'))
RECORDED = os.path.join(TOP, 'tests/data/ussd_requests.tsv')
CODE = '*123#'


def recorded():
    """(session, number, text, CON or END, screen), in the order in which they came."""
    with open(RECORDED, encoding='utf-8') as f:
        return [tuple(row) for row in csv.reader((line for line in f if not line.startswith('#')), delimiter='\t', quoting=csv.QUOTE_NONE)]


class Screens:
    """Names an answer by its words: `M0`; `NUM+M0` where several are joined; `INFO GAJI` a topic."""

    def __init__(self):
        self.known = []
        with open(f'{TOP}/menus/words/id.words', encoding='utf-8') as f:
            for line in f:
                found = re.match(r'(\w+) = (.*)', line)
                if found and len(re.findall('[A-Za-z]', re.sub(r'{\w+}', '', found[2]))) >= 5:  # else an item of a list
                    self.known.append((found[1], self.pattern(found[2]), len(found[2])))
        with open(f'{TOP}/storage/demo/info.tsv', encoding='utf-8') as f:
            for topic, part, text, _ in csv.reader((line for line in f if line[0] != '#'), delimiter='\t', quoting=csv.QUOTE_NONE):
                if part == '1':
                    self.known.append((f'INFO {topic}', re.compile(r'\(DRAF\) ' + re.escape(text)), 1000))
        self.out_of = next(re.compile(pattern.pattern.removesuffix(r'\.')) for name, pattern, _ in self.known if name == 'NUM')
        self.known.sort(key=lambda one: -one[2])

    @staticmethod
    def pattern(words):
        """Places may be empty, with the blank in front of them."""
        literal = re.escape(words.replace('|', '\n')).replace(r'\{daftar\}', r'[^\0]*?')
        return re.compile(re.sub(r'(\\ )?\\\{\w+\\\}', r' ?[^\n]*?', literal))

    def name(self, text):
        """The longest words that are all of it, or its first lines and then the name of the rest; `?` with the text: none."""
        number, _, rest = text.partition('. ')
        if self.out_of.fullmatch(number):
            return f'NUM+{self.name(rest)}'
        lines = text.split('\n')
        for n in range(len(lines), 0, -1):
            front, rest = '\n'.join(lines[:n]), '\n'.join(lines[n:])
            for name, pattern, _ in self.known:
                if pattern.fullmatch(front):
                    return f'{name}+{self.name(rest)}' if rest else name
        return f'?{text!r}'


class Client:
    """A USSD gateway of the Africa's Talking form, over one connection."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection('127.0.0.1', port, timeout=30)

    def ask(self, session, number, text):
        """The answer's kind, CON or END, and its text."""
        form = {'sessionId': session, 'phoneNumber': number, 'networkCode': '51010', 'serviceCode': CODE, 'text': text}
        self.http.request('POST', '/ussd', urllib.parse.urlencode(form), {'Content-Type': 'application/x-www-form-urlencoded'})
        answer = self.http.getresponse()
        body = answer.read().decode()
        assert answer.status == 200 and body[:4] in ('CON ', 'END '), f'{session} {text!r}: HTTP {answer.status} {body!r}'
        return body[:3], body[4:]

    def replay(self):
        """The recorded requests: what came, in the form of recorded()."""
        screens = Screens()
        came = []
        for session, number, text, *_ in recorded():
            kind, said = self.ask(session, number, text)
            came.append((session, number, text, kind, screens.name(said)))
        return came


class Load:
    """tests/bench/ussd_load.c against a port."""

    def __init__(self, port, connections=64):
        self.process = subprocess.Popen([LOAD, str(port), str(connections), '/ussd', urllib.parse.quote(CODE, safe='*')], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def order(self, *words):
        """One order; its figures."""
        self.process.stdin.write(' '.join(map(str, words)) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f'ussd_load ended at {words}'
        return json.loads(line)

    @staticmethod
    def name(life):
        """What the session of that count gives as its name (tests/bench/ussd_walks.h), as the store writes it: consonants and vowels by turns."""
        letters = ''
        for _ in range(4):
            life, consonant = divmod(life, 15)
            life, vowel = divmod(life, 5)
            letters += 'bdghjklmnprstwy'[consonant] + 'aiueo'[vowel]
        return f'SITI {letters}'.upper()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def ussd_gateway(net, port, capped=True):
    """The gateway with a modem and a listener with no limits of rate, and with time on a machine that is busy."""
    modem = f'{{ name = "m1"; kind = "gsm"; device = "net/m1"; number = "{net.modems["m1"]}"; per_minute = 6000; }}'
    ussd = f'{{ name = "ussd"; kind = "ussd-http"; listen = "127.0.0.1:{port}"; code = "{CODE}"; per_minute = 100000; max_connections = 1000; late = "10s"; }}'
    return Gateway(net, bearers=f'{modem}, {ussd}', capped=capped)


__all__ = ['Client', 'Load', 'Network', 'Screens', 'free_port', 'recorded', 'ussd_gateway']
