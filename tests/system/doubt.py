#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway dies while a modem sends: the next one listens for the modem's answer before it begins, and does not send again what left."""
import os
import signal
import time

from libkabar import SLOW, Gateway, Network, finish, test, until

A, OURS = '+6281255500001', '+6281100000001'


def in_flight(net, gateway):
    """An answer is with the network, and the modem has not said so."""
    net.tell(do='set', modem='m1', report='never')  # the answer alone tells
    net.send(A, OURS, 'INFO BIAYA')
    until(lambda: gateway.sql("select 1 from submit where state = 'OUT'"), 20, 'an answer is under way')
    until(lambda: net.tell(do='ledger')['submits'], 10, 'the network has it')


def killed(victims):
    with Network() as net:
        gateway = Gateway(net, gateway=f'demo = true; unknown_retry = "{int(5 * SLOW)}s";')
        gateway.start()
        with net.held():
            in_flight(net, gateway)
            victims(gateway)
            gateway.start(wait=False)
        until(lambda: gateway.sql("select 1 from submit where state in ('SENT', 'DELIVERED')"), 20, 'the answer is known to have left')
        time.sleep(6 * SLOW)
        assert len(net.inbox(A)) == 1, net.inbox(A)
        assert gateway.sql('select count(*) from submit') == [(1,)], gateway.sql('select * from submit')
        assert gateway.stop() == 0, gateway.log()
        gateway.check_store()


def daemon(gateway):
    gateway.process.kill()
    gateway.process.wait()


def report_of_another():
    """While the modem is listened to, the report of an earlier message to the same number comes: no evidence for the one that vanished."""
    with Network() as net:
        gateway = Gateway(net, gateway='demo = true; unknown_retry = "2s";')
        gateway.start()
        net.tell(do='set', modem='m1', report_delay_ms=4000)
        net.ask(A, OURS, 'BANTUAN')
        until(lambda: gateway.sql("select 1 from submit where state = 'SENT'"), 10, 'the first answer is sent')
        net.tell(do='fault', modem='m1', name='lost_cmgs_refused')
        net.send(A, OURS, 'INFO GAJI')
        until(lambda: gateway.sql('select count(*) from submit') == [(2,)], 10, 'the second is under way')
        time.sleep(0.5)
        with open(f'/proc/{gateway.process.pid}/task/{gateway.process.pid}/children') as f:
            os.kill(int(f.read().split()[0]), signal.SIGKILL)
        net.wait_for(A, 2, 40)
        assert gateway.stop() == 0, gateway.log()
        gateway.check_store()


test('killed while a modem sends: what left is not sent again', killed, daemon, without='settling')
test('a report of an earlier message is no evidence', report_of_another)
finish()
