#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""USSD that the network begins with a modem is answered by the menus. The test plays the network: its texts go by the simulator's control socket, the modem's answers come back in its state; what was said on the
line, and when, is read from the trace."""
import re
import time

from libkabar import Gateway, Network, finish, pool, until
from libussd import Words

M1 = '+6281100000001'
A = '+6281255500001'
WORDS = Words()
ASKED = 'Layanan baru. Balas pilihan Anda'


class Operator:
    """The network's end of the line."""

    def __init__(self, net):
        self.net = net

    def trace(self, direction=None):
        with open(f'{self.net.dir}/trace', errors='replace') as f:
            rows = [re.match(r'(\S+) m1 ([<>]) (.*)', line) for line in f]
        return [(float(r[1]), r[2], r[3]) for r in rows if r and direction in (None, r[2])]

    def told(self):
        """Since the modem shows texts; before, libgammu sets it up."""
        lines = [line for _, _, line in self.trace('<') if line.startswith(('AT+CUSD', 'AT+CSCS'))]
        return lines[lines.index('AT+CUSD=1'):] if 'AT+CUSD=1' in lines else []

    def idle(self):
        return (self.told() or [''])[-1] == 'AT+CUSD=1'

    def state(self):
        return self.net.tell(do='state')['modems'][0]['ussd']

    def show(self, text, status=1, **more):
        self.net.tell(do='ussd', modem='m1', text=text, status=status, **more)

    def ask(self, text, limit_s=20):
        """Shows a text that wants an answer, and returns it."""
        n = self.state()['said_n']
        self.show(text)
        until(lambda: self.state()['said_n'] > n, limit_s, lambda: f'no answer to {text}: {self.told()}')
        return self.state()['said']

    def begin(self):
        until(self.idle, 30, 'the modem shows what comes')
        return WORDS.expect('M0', self.ask(ASKED))

    def released(self, limit_s=20):
        until(lambda: not self.state()['open'], limit_s, lambda: f'the modem releases: {self.told()}')


def network(latency_ms=5):
    net = Network()
    net.options = ['--trace', f'{net.dir}/trace', '--latency-ms', str(latency_ms)]
    return net


def gateway(net, balance=''):
    return Gateway(net, bearers=f'{{ name = "m1"; kind = "gsm"; device = "net/m1"; number = "{M1}"; per_minute = 6000; {balance} }}')


def texts(kabar):
    return [row[0] for row in kabar.sql("select text from inbox where peer = 'USSD' order by id")]


def ended(kabar):
    return kabar.sql("select session, peer, ended from ussd where ends_ms is null order by began_ms")


def one_life(kabar):
    assert kabar.sql('select epoch from link') == [(1,)], kabar.log()
    assert kabar.sql('select count(*) from dead_letter') == [(0,)]


def menus(how):
    """Menu, information in pages, back, and the network ends: in every way that modems write texts."""
    with network() as net, gateway(net) as kabar:
        operator = Operator(net)
        net.tell(do='set', modem='m1', ussd_coding=how)
        operator.begin()
        WORDS.expect('I1', operator.ask('4'))
        first = operator.ask('2')
        assert 'Dokumen' in first and first.endswith('9 Lanjut\n0 Kembali'), first
        second = operator.ask('9')
        assert second != first and second.endswith('0 Kembali') and 'Lanjut' not in second, second
        assert operator.ask('0') == first
        WORDS.expect('M0', operator.ask('00'))
        WORDS.expect('HLP', operator.ask('1').removesuffix('\n0 Kembali'))
        operator.show('Terima kasih', status=2)
        until(lambda: ended(kabar) == [('net-1-1', 'ussd:m1', 'aborted')], 20, lambda: ended(kabar))
        assert texts(kabar) == [ASKED, '4', '2', '9', '0', '00', '1', 'Terima kasih'], texts(kabar)
        until(operator.idle, 20, 'it watches on')
        assert operator.told()[-2:] == ['AT+CUSD=0', 'AT+CUSD=1'] and 'AT+CUSD=2' not in operator.told(), operator.told()
        WORDS.expect('M0', operator.begin())
        assert kabar.sql("select count(*) from outbox where peer != ''") == [(0,)], 'no SMS'
        net.ask(A, M1, 'INFO')
        one_life(kabar)


def last():
    """What nobody understands is answered by a last screen; the network does not end what it began, so the modem releases."""
    with network() as net, gateway(net) as kabar:
        operator = Operator(net)
        operator.begin()
        WORDS.expect('HLP', operator.ask('Pilihan salah, ulangi dengan benar'))
        operator.released()
        until(lambda: ended(kabar) == [('net-1-1', 'ussd:m1', 'done')], 20, lambda: ended(kabar))
        assert kabar.sql("select count(*) from session where bearer = 'ussd' and ended_ms is null") == [(0,)]
        assert operator.begin() and kabar.sql('select count(*) from ussd') == [(2,)]
        one_life(kabar)


def line_end():
    """The alphabet that libgammu has set is set again, and a modem that knows no other one is served in plain text."""
    with network() as net, gateway(net) as kabar:
        operator = Operator(net)
        operator.begin()
        operator.show('', status=2)
        until(operator.idle, 20, 'it is over')
        said = operator.told()
        assert said.index('AT+CSCS="UCS2"') < said.index('AT+CSCS="GSM"'), said
        net.tell(do='fault', modem='m1', name='command_error', arg='AT+CSCS=', count=-1)
        plain = operator.ask(ASKED)
        assert plain.startswith('Kabar Desmigratif; 1 Daftar; 2 Cek status'), plain
        assert operator.ask('4').startswith('Info kerja aman; 1 Syarat')
        one_life(kabar)


def silence():
    """30 s without a word, and the modem releases."""
    with network() as net, gateway(net, 'balance: { code = "*888#"; every = "5s"; };') as kabar:
        operator = Operator(net)
        operator.begin()
        began = time.monotonic()
        operator.released(60)
        assert 25 < time.monotonic() - began < 40, time.monotonic() - began
        until(lambda: ended(kabar) == [('net-1-1', 'ussd:m1', 'timeout')], 20, lambda: ended(kabar))
        assert operator.told().count('AT+CUSD=2') == 1, operator.told()
        until(lambda: kabar.sql('select balance from link') == [(25000,)], 30, 'the balance is asked after it')
        one_life(kabar)


def timeout():
    """The network says that it took too long, and that it does not support it."""
    with network() as net, gateway(net) as kabar:
        operator = Operator(net)
        for n, (status, how) in enumerate([(5, 'timeout'), (4, 'aborted')], 1):
            operator.begin()
            operator.show(None, status=status)
            until(lambda n=n, how=how: ended(kabar)[n - 1:] == [(f'net-1-{n}', 'ussd:m1', how)], 20, lambda: ended(kabar))
        one_life(kabar)


def apart():
    """SMS do not wait for long while the other end thinks, and nothing is written between AT+CMGS and its result."""
    with network(latency_ms=100) as net, gateway(net) as kabar:
        operator = Operator(net)
        operator.begin()
        began = time.monotonic()
        net.ask(A, M1, 'INFO', limit_s=60)
        took = time.monotonic() - began
        assert 5 < took < 25, f'the SMS was answered after {took:.0f} s'
        until(lambda: ended(kabar) == [('net-1-1', 'ussd:m1', 'aborted')], 20, lambda: ended(kabar))
        for i in range(6):
            operator.begin()
            net.send(f'+62812555100{i:02}', M1, 'INFO')
            operator.ask('4')
        for i in range(6):
            net.wait_for(f'+62812555100{i:02}', 1, 60)
        sends = inside = 0
        for _, direction, line in operator.trace():
            if direction == '<' and line.startswith('AT+CMGS='):
                sends, inside = sends + 1, True
            elif inside and direction == '<':
                assert not line.startswith('AT'), f'{line} before the result of AT+CMGS'
            elif inside and (line == 'OK' or 'ERROR' in line):
                inside = False
        assert sends >= 7, sends
        one_life(kabar)


def refused():
    """A modem that refuses every answer: released, and it serves on."""
    with network() as net, gateway(net) as kabar:
        operator = Operator(net)
        until(operator.idle, 30, 'the modem shows what comes')
        net.tell(do='fault', modem='m1', name='command_error', arg='AT+CUSD=1,', count=-1)
        operator.show(ASKED)
        operator.released()
        until(lambda: ended(kabar) == [('net-1-1', 'ussd:m1', 'aborted')], 20, lambda: ended(kabar))
        net.ask(A, M1, 'INFO')
        one_life(kabar)


pool([
    ('menus over a modem that speaks plain text', menus, 'text'),
    ('menus over a modem that speaks UCS-2 in hex', menus, 'ucs2'),
    ('menus over a modem that speaks packed septets in hex', menus, 'packed'),
    ('a last screen', last),
    ('screens have line ends', line_end),
    ('30 s of silence', silence),
    ('the network breaks off', timeout),
    ('messages go first', apart),
    ('answers that are refused', refused),
], workers=6)
finish()
