#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""USSD of a modem: the balance of its SIM is asked for and told, below the limit to the operators; what the operator shows unasked is kept; an SMS on its way is never disturbed. What waits for an
answer is in net_ussd.py. What the modem was asked, and when, is read from the simulator's trace."""
import json
import re
import subprocess
import time

from libkabar import KABAR, Gateway, Network, finish, pool, until

M1, M2 = '+6281100000001', '+6281100000002'
A, OPERATOR = '+6281255500001', '+6281255500099'
TWO = {'m1': M1, 'm2': M2}
OPERATORS = f'operators = ( {{ number = "{OPERATOR}"; }} );\nalarms: {{ look = "1s"; }};'


def network(modems=None, latency_ms=5):
    net = Network(modems=modems)
    net.options = ['--trace', f'{net.dir}/trace', '--latency-ms', str(latency_ms)]
    return net


def gateway(net, balance, config='', **more):
    """m1 asks for its balance."""
    bearers = ', '.join(f'{{ name = "{m}"; kind = "gsm"; device = "net/{m}"; number = "{n}"; per_minute = 6000; '
                        + (f'balance: {{ {balance} }}; ' if m == 'm1' else '') + '}' for m, n in net.modems.items())
    return Gateway(net, config=config, bearers=bearers, **more)


def fault(net, name, **more):
    net.tell(do='fault', modem='m1', name=name, **more)


def trace(net, direction=None):
    """Lines of m1: what it was told ('<') and what it said ('>')."""
    with open(f'{net.dir}/trace', errors='replace') as f:
        rows = [re.match(r'\S+ m1 ([<>]) (.*)', line) for line in f]
    return [(r[1], r[2]) for r in rows if r and direction in (None, r[1])]


def asked(net):
    return [line for _, line in trace(net, '<') if line.startswith('AT+CUSD=1,')]


def link(kabar):
    return next(row for row in json.loads(kabar.cli('status', '--json'))['links'] if row['name'] == 'm1')


def doctor(kabar):
    return subprocess.run([KABAR, 'doctor', '-c', kabar.config], capture_output=True, text=True, timeout=60).stdout


def balance(kabar, limit_s=30, **want):
    """The balance as `kabar status --json` has it, once it is as wanted."""
    def look():
        b = link(kabar)['balance']
        return b if b and all(b[k] == v for k, v in want.items()) else None
    return until(look, limit_s, lambda: f'{want}: {link(kabar)["balance"]}\n{kabar.log()}')


def told_below():
    """It goes down with what is sent; below the limit operators read it over the other modem, and when it is enough again."""
    with network(TWO) as net, gateway(net, 'code = "*888#"; every = "1s"; alarm_below = 20000;', config=OPERATORS) as kabar:
        balance(kabar, amount=25000, failed=False)
        assert 'balance Rp25.000' in kabar.cli('status'), kabar.cli('status')
        net.tell(do='set', modem='m1', sms_price=7000)
        net.ask(A, M1, 'INFO')
        balance(kabar, amount=18000)
        told = net.wait_for(OPERATOR, 1, 30)[0]
        assert 'pulsa modem m1 tinggal Rp18.000' in told['text'] and told['from'] == M2, told
        assert 'Rp18.000 are left' in doctor(kabar), doctor(kabar)
        net.tell(do='set', modem='m1', balance=100000)
        over = net.wait_for(OPERATOR, 2, 30)[1]
        assert over['text'].startswith('BERES') and 'm1' in over['text'], over
        assert 'balance' not in [a['alarm'] for a in json.loads(kabar.cli('alarm', '--json'))]


def coding(how):
    """The modem understands and speaks one coding only; text is tried first."""
    with network() as net:
        net.tell(do='set', modem='m1', ussd_coding=how)
        with gateway(net, 'code = "*888#"; every = "1s";') as kabar:
            balance(kabar, amount=25000, failed=False)
            assert 'Sisa pulsa Rp 25.000' in link(kabar)['balance']['words'], link(kabar)
            codes = asked(net)
            assert codes[0] == 'AT+CUSD=1,"*888#",15', codes
            n = len(codes)
            until(lambda: len(asked(net)) > n + 2, 20, 'it is asked again')
            assert len(set(asked(net)[n:])) == 1, f'by the way that worked: {asked(net)}'


def raw_lines():
    """A text with line ends, as it is."""
    with network() as net, gateway(net, 'code = "*889#"; every = "1s"; pattern = "Rp ([0-9.]+)";') as kabar:
        fault(net, 'raw_ussd', count=-1)
        balance(kabar, amount=25000, failed=False)
        until(lambda: 'Isi ulang' in link(kabar)['balance']['words'], 20, lambda: f'the whole text: {link(kabar)}')
        assert 'm1: up' in kabar.log() and kabar.sql('select epoch from link') == [(1,)], kabar.log()


def menu():
    """An answer that waits for another one: the dialogue is ended, nothing is chosen."""
    with network() as net, gateway(net, 'code = "*889#"; every = "1s";') as kabar:
        balance(kabar, amount=25000)
        until(lambda: len(asked(net)) > 1, 20, 'asked again')
        said = [line for _, line in trace(net, '<') if line.startswith('AT+CUSD=')]
        after = [said[i + 1] for i, line in enumerate(said[:-1]) if line.startswith('AT+CUSD=1,')]
        assert after and set(after) == {'AT+CUSD=2'}, said
        assert set(asked(net)) == {'AT+CUSD=1,"*889#",15'}, asked(net)


def in_vain():
    """ERROR, an unknown code, an answer without an amount: shown, and asked again."""
    with network() as net:
        fault(net, 'command_error', arg='AT+CUSD=1,', count=-1)
        with gateway(net, 'code = "*888#"; every = "1s";') as kabar:
            b = balance(kabar, failed=True, amount=None)
            assert 'refuses' in b['words'], b
            assert 'asked in vain' in kabar.cli('status') and 'asked in vain' in doctor(kabar), kabar.cli('status')
            assert len(set(asked(net)[:3])) == 3, f'in three codings: {asked(net)}'
            fault(net, 'none')
            balance(kabar, amount=25000, failed=False)
    with network() as net, gateway(net, 'code = "*777#"; every = "1s";') as kabar:
        assert 'does not know' in balance(kabar, failed=True)['words']
    with network() as net, gateway(net, 'code = "*808#"; every = "1s";') as kabar:
        b = balance(kabar, failed=True)
        assert 'no amount' in b['words'] and 'Nomor Anda' in b['words'], b
        assert M1[1:] not in b['words'] and '*' * 8 in b['words'], f'a long number is masked: {b}'


def silent():
    """The network never answers: the dialogue is ended, the modem goes on serving."""
    with network() as net, gateway(net, 'code = "*888#"; every = "2s";') as kabar:
        fault(net, 'ussd_silent')
        began = time.monotonic()
        until(lambda: asked(net), 20, 'asked')
        b = balance(kabar, 60, failed=True)
        assert 'does not answer' in b['words'] and time.monotonic() - began > 25, b
        balance(kabar, amount=25000, failed=False)
        said = [line for _, line in trace(net, '<') if line.startswith('AT+CUSD=')]
        assert said[said.index('AT+CUSD=1,"*888#",15') + 1] == 'AT+CUSD=2', said
        assert kabar.sql('select epoch from link') == [(1,)], kabar.log()


def yields():
    """A message does not wait for an answer of the network that may never come."""
    with network() as net, gateway(net, 'code = "*888#"; every = "2s";') as kabar:
        fault(net, 'ussd_silent', count=-1)
        until(lambda: asked(net), 20, 'asked')
        began = time.monotonic()
        net.ask(A, M1, 'INFO', limit_s=60)
        assert time.monotonic() - began < 25, 'the message left before the network is given up'
        assert 'a message went first' in balance(kabar, failed=True)['words']


def apart():
    """Many answers leave while the balance is asked all the time: between AT+CMGS and its result there is nothing."""
    with network(latency_ms=100) as net, gateway(net, 'code = "*888#"; every = "1s";') as kabar:
        for i in range(12):
            net.send(f'+62812555100{i:02}', M1, 'INFO')
        for i in range(12):
            net.wait_for(f'+62812555100{i:02}', 1, 60)
        until(lambda: len(asked(net)) > 3, 30, 'asked')
        sends = inside = 0
        for direction, line in trace(net):
            if direction == '<' and line.startswith('AT+CMGS='):
                sends, inside = sends + 1, True
            elif inside and direction == '<':
                assert not line.startswith('AT'), f'{line} before the result of AT+CMGS'
            elif inside and (line == 'OK' or 'ERROR' in line):
                inside = False
        assert sends >= 12, sends


def texts(kabar):
    return kabar.sql("select text, outcome, peer, link from inbox where peer = 'USSD' order by id")


def shows(net, text, **more):
    """The operator shows a text, once the modem is idle: at another time it would be lost."""
    def idle():
        said = [line for _, line in trace(net, '<') if line.startswith('AT+CUSD=')]
        return said and said[-1] == 'AT+CUSD=1'
    until(idle, 30, 'the modem shows what comes')
    net.tell(do='ussd', modem='m1', text=text, **more)


def pushes():
    """What the operator shows is a row from USSD, in every coding, and nobody answers; the modem serves on."""
    with network() as net, gateway(net, 'code = "*888#"; every = "1h";') as kabar:
        want = []
        for how in ('text', 'ucs2', 'packed'):
            net.tell(do='set', modem='m1', ussd_coding=how)
            want.append(f'Bonus {how} s.d. besok')
            shows(net, want[-1], status=0 if how == 'text' else 2)
            until(lambda: len(texts(kabar)) == len(want), 20, lambda: f'{how}: {texts(kabar)} {kabar.log()}')
        net.tell(do='set', modem='m1', ussd_coding='text')
        fault(net, 'raw_ussd')
        want.append('TOLONG\nbeli paket\ndi *123#')
        shows(net, want[-1].replace('\n', '\r\n'), status=0)
        until(lambda: len(texts(kabar)) == len(want), 20, 'also what looks like a cry, with line ends')
        assert texts(kabar) == [(text, 'silent', 'USSD', 'm1') for text in want], texts(kabar)
        assert kabar.sql('select count(*) from cases') == [(0,)]
        net.ask(A, M1, 'INFO')
        assert kabar.sql("select count(*) from outbox where peer = 'USSD'") == [(0,)]
        assert kabar.sql('select epoch from link') == [(1,)], kabar.log()


def push_in_submit(fault_name, arg):
    """A text of the operator between ^Z and +CMGS, from a modem that is told to show none then, and from one that does not care: the message is sent once."""
    with network(latency_ms=300) as net, gateway(net, 'code = "*888#"; every = "1h";') as kabar:
        fault(net, fault_name, at='ctrl_z', arg=arg)
        net.ask(A, M1, 'INFO')
        until(lambda: kabar.sql("select count(*), sum(state in ('SENT', 'DELIVERED')) from submit") == [(1, 1)], 30, lambda: kabar.sql('select * from submit'))
        time.sleep(1)
        assert len(net.inbox(A)) == 1 and kabar.sql('select epoch from link') == [(1,)], (net.inbox(A), kabar.log())


def arrives_meanwhile():
    """What arrives while a question is open is not overlooked."""
    with network() as net, gateway(net, 'code = "*888#"; every = "2s";') as kabar:
        fault(net, 'ussd_silent', count=-1)
        until(lambda: asked(net), 20, 'asked')
        net.send(A, M1, 'INFO')
        net.wait_for(A, 1, 60)
        assert kabar.sql("select count(*) from inbox where outcome = 'answered'") == [(1,)]


pool([
    ('a balance below the limit is told, and that it is enough again', told_below, {'without': 'alarm_told'}),
    ('a modem that speaks plain text', coding, 'text'),
    ('a modem that speaks UCS-2 in hex', coding, 'ucs2'),
    ('a modem that speaks packed septets in hex', coding, 'packed'),
    ('an answer with line ends', raw_lines),
    ('an answer that is a menu', menu),
    ('a question in vain', in_vain),
    ('a network that never answers', silent),
    ('a message does not wait for long', yields),
    ('nothing between AT+CMGS and its result', apart),
    ('texts that the operator shows', pushes),
    ('a text in the middle of a submit', push_in_submit, 'ussd_push', 'Bonus\n5 SMS'),
    ('a text in the middle of a submit, shown all the same', push_in_submit, 'urc', '+CUSD: 0,"Bonus 5 SMS",15'),
    ('a message that arrives meanwhile', arrives_meanwhile),
], workers=6)
finish()
