#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Loop and engine thread under load from all sides: two modems, many people, the command line, a reload, a stop. The ThreadSanitizer build of this is its reason."""
import signal
import threading

from libkabar import Gateway, Network, finish, test, until

MODEMS = {'m1': '+6281100000001', 'm2': '+6281100000002'}


def load():
    with Network(modems=MODEMS) as net, Gateway(net) as kabar:
        people = [f'+6281255501{i:03d}' for i in range(30)]

        def write(some, ours):
            for person in some:
                net.send(person, ours, 'BANTUAN')

        def look():
            for _ in range(10):
                kabar.cli('status', '--json')

        threads = [threading.Thread(target=write, args=(people[:15], MODEMS['m1'])), threading.Thread(target=write, args=(people[15:], MODEMS['m2'])),
                   threading.Thread(target=look), threading.Thread(target=look)]
        for thread in threads:
            thread.start()
        kabar.process.send_signal(signal.SIGHUP)
        for thread in threads:
            thread.join()
        until(lambda: all(len(net.inbox(p)) == 1 for p in people), 90, 'each is answered once')
        assert 'ThreadSanitizer' not in kabar.log(), kabar.log()


def one_thread():
    with Network() as net:
        kabar = Gateway(net)
        kabar.start('--one-thread')
        try:
            assert 'TOLONG' in net.ask('+6281255500001', MODEMS['m1'], 'BANTUAN')
        finally:
            assert kabar.stop() == 0
        kabar.check_store()


test('two threads, two modems, thirty people, two command lines, a reload', load)
test('the one-thread mode answers as well', one_thread)
finish()
