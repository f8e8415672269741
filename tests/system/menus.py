#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody edits the trees of menus/ while people are in the middle of them: who has begun goes on by the tree that he began by, by SMS and by USSD, and who
begins now sees the new one. A question that is nowhere any more leads back to the main menu, with an apology. Prints TAP."""
import re
import shutil
import signal

from libkabar import TOP, Gateway, Network, finish, test, until
from libussd import Handset, Words, bearers, free_port

OURS = '+6281100000001'
NIK = '5203075708909901'


class Menus:
    """A copy of the menus beside the gateway, its registration to be edited."""

    def __init__(self, net):
        shutil.copytree(f'{TOP}/menus', f'{net.dir}/menus')
        self.path = f'{net.dir}/menus/trees/register.menu'
        self.shipped = open(self.path).read()

    def write(self, text):
        assert text != open(self.path).read(), 'nothing was edited'
        with open(self.path, 'w') as f:
            f.write(text)

    def country_first(self):
        country = re.search(r'\{ fact = "register.no_country"; go = "#D5"; \},?', self.shipped).group(0).rstrip(',')
        rest = self.shipped.replace(country + ',', '')
        self.write(rest.replace('DA = { branch = (', f'DA = {{ branch = ( {country},'))

    def other_name(self):
        """D2 under another id: no question has the old one."""
        self.write(self.shipped.replace('#D2"', '#D2q"').replace('\nD2 = { input', '\nD2q = { screen = "D2"; input'))

    def as_shipped(self):
        self.write(self.shipped)


def reload(gateway, times):
    gateway.process.send_signal(signal.SIGHUP)
    until(lambda: gateway.log().count('menus were read again') >= times, 20, f'the menus are read again: {gateway.log()}')


def edited():
    port, words = free_port(), Words()
    with Network() as net:
        menus = Menus(net)
        with Gateway(net, bearers=bearers(net, port), gateway='demo = true; menus_dir = "menus";') as gateway:
            until(lambda: gateway.sql("select 1 from link where name = 'umb' and state = 'up'"), 20, 'USSD is served')

            def say(peer, text, screen):
                words.expect(screen, net.ask(peer, OURS, text))

            def begins(peer):
                say(peer, 'DAFTAR', 'D1')
                say(peer, '1', 'D2')

            phone = Handset(port, '+6281555500001')
            begins('+6281255500001')
            for typed, screen in ((None, 'M0'), ('1', 'D1'), ('1', 'D2')):
                got = phone.dial() if typed is None else phone.type(typed)
                words.expect(screen, got.text)
            menus.country_first()
            reload(gateway, 1)
            say('+6281255500002', 'DAFTAR', 'D1')
            say('+6281255500002', '1', 'D5')
            other = Handset(port, '+6281555500002')
            for typed, screen in ((None, 'M0'), ('1', 'D1'), ('1', 'D5')):
                words.expect(screen, (other.dial() if typed is None else other.type(typed)).text)
            other.close()
            say('+6281255500001', 'siti demo', 'D3')
            words.expect('D3', phone.type('budi demo').text)
            menus.other_name()
            reload(gateway, 2)
            begins('+6281255500003')
            say('+6281255500001', '0', 'D2')
            say('+6281255500001', 'siti demo', 'D3')
            say('+6281255500001', NIK, 'D4')
            words.expect('D2', phone.type('0').text)
            phone.close()
            menus.as_shipped()
            assert gateway.stop() == 0
            gateway.start()
            got = net.ask('+6281255500003', OURS, 'tuti demo')
            assert got.startswith('Maaf, menu berubah. Kabar Desmigratif'), got
            say('+6281255500001', '1203', 'D5')  # a question that both have goes on after a restart, too


test('a tree that is edited in the middle of a registration', edited)
finish()
