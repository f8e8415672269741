# SPDX-License-Identifier: GPL-2.0-or-later
"""A file of people taken in while others are answered: rows a second, the memory of both sides, how long an answer takes meanwhile and afterwards, how long a start takes.

Those who ask dial over HTTP and look up their status (CEK), each time in a session of their own: a commit and an answer each. tests/bench/run runs it.
"""
import contextlib
import http.client
import os
import statistics
import subprocess
import threading
import time
import urllib.parse

from libkabar import KABAR, Gateway, Network, until

ASKERS = 100
BEARERS = '{{ name = "m1"; kind = "null"; number = "+6281100000001"; }}, {{ name = "umb"; kind = "ussd-http"; listen = "127.0.0.1:{port}"; code = "*123#"; }}'
HEAD = 'name,nik,village,country,number,stage,stage_date,note,paper,officer,consent_date\n'


def nik(i):
    """Nobody's: serials from 9901 on; one for each i up to 100 kecamatan x 28 x 12 x 33 x 99."""
    i, serial = divmod(i, 99)
    i, day = divmod(i, 28)
    i, month = divmod(i, 12)
    kecamatan, year = divmod(i, 33)
    return f'52{3 + kecamatan // 20:02}{1 + kecamatan % 20:02}{day + 1:02}{month + 1:02}{70 + year % 30 if year < 30 else 67 + year - 30:02}{9901 + serial}'


def number(i):
    return f'+62812{10000000 + i}'


def write(path, first, end):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(HEAD)
        for i in range(first, end):
            name = ''.join(chr(65 + i // 26 ** k % 26) for k in range(5))
            f.write(f'DEMO {name},{nik(i)},1203,HONG KONG,{number(i)},seleksi,2026-10-05,catatan {i},F{i},Budi,2026-11-01\n')


class Asker:
    """One line to the gateway, one question at a time."""

    def __init__(self, port, prefix):
        self.line, self.prefix, self.n, self.seconds, self.answers = http.client.HTTPConnection('127.0.0.1', port, timeout=30), prefix, 0, [], set()

    def ask(self, peer):
        self.n += 1
        for text in ('', '2'):
            body = urllib.parse.urlencode({'serviceCode': '*123#', 'phoneNumber': peer, 'sessionId': f'{self.prefix}{self.n}', 'text': text})
            began = time.monotonic()
            self.line.request('POST', '/ussd', body, {'Content-Type': 'application/x-www-form-urlencoded'})
            answer = self.line.getresponse().read().decode()
            self.seconds.append(time.monotonic() - began)
            if text:
                self.answers.add(answer.split()[0] + (' Tahap' if 'Tahap' in answer else ' -'))


def p99(values):
    values = sorted(values)
    return values[min(len(values) - 1, len(values) * 99 // 100)] * 1000


def status_kb(pid, key):
    with open(f'/proc/{pid}/status', encoding='utf-8') as f:
        return next(int(line.split()[1]) for line in f if line.startswith(key))


def take_in(say, rows_n, port):
    with Network(modems={}) as net:
        gateway = Gateway(net, bearers=BEARERS.format(port=port), gateway='demo = true;').start()
        load = {'load': round(os.getloadavg()[0], 1)}
        path = f'{net.dir}/people.csv'
        write(f'{net.dir}/askers.csv', 0, ASKERS)  # those who ask meanwhile are there first
        subprocess.run([KABAR, 'import', 'people', f'{net.dir}/askers.csv', '-c', gateway.config], check=True, stdout=subprocess.DEVNULL)
        write(path, ASKERS, ASKERS + rows_n)
        asker, over = Asker(port, 'w'), threading.Event()

        def ask_on():
            k = 0
            while not over.is_set():
                asker.ask(number(k % ASKERS))
                k += 1
                time.sleep(0.05)

        # what counts for replies is the time in which rows are written: looking at the file costs the daemon nothing
        began = time.monotonic()
        line = subprocess.Popen([KABAR, 'import', 'people', path, '-c', gateway.config], stdout=subprocess.DEVNULL)
        until(lambda: gateway.sql('select count(*) from import')[0][0] == 2, 600, 'rows are sent')
        looked = time.monotonic() - began
        thread = threading.Thread(target=ask_on)
        thread.start()
        peak_kb = 0  # by /proc: what wait4 tells counts this process too, from before the exec
        while line.poll() is None:
            with contextlib.suppress(OSError, StopIteration):
                peak_kb = status_kb(line.pid, 'VmHWM')
            time.sleep(0.1)
        code = line.returncode
        seconds = time.monotonic() - began
        over.set()
        thread.join()
        assert code == 0 and asker.answers == {'CON Tahap'}, (code, asker.answers)
        more = {'people': rows_n, **load}
        say('import', 'rows/s', [rows_n / seconds], looked_s=round(looked, 1), seconds=round(seconds, 1), **more)
        say('import_cli_peak', 'KiB', [peak_kb], **more)
        say('import_daemon_peak', 'KiB', [status_kb(gateway.process.pid, 'VmHWM')], **more)
        say('reply_meanwhile_p99', 'ms', [p99(asker.seconds)], of=len(asker.seconds), median_ms=round(statistics.median(asker.seconds) * 1000, 2), **more)
        after = Asker(port, 'a')
        for k in range(1000):
            after.ask(number(k * (rows_n // 1000)))
        # over HTTP and with its commit: the engine's share is less
        say('cek', 'ms', [statistics.median(after.seconds) * 1000], p99_ms=round(p99(after.seconds), 2), of=len(after.seconds), **more)
        assert gateway.stop() == 0
        began = time.monotonic()
        gateway.start(wait=False)
        until(lambda: 'serves as' in gateway.log(), 60, 'it serves')
        say('start', 's', [time.monotonic() - began], **more)
        assert gateway.stop() == 0


def bench(say, sizes, port=18123):
    for rows_n in sizes:
        take_in(say, rows_n, port)
