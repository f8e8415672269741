// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * server.js - a small tree of Kabar's menus as ussd-menu-builder serves it: main menu, others, information, registration. It reads the same words, so that both sides say screens of
 * one length. Sessions live in this process' memory; nothing is stored. Owned by tests/bench/ussd.py.
 *
 * Usage: node server.js PORT WORDS TOPICS      (menus/words/id.words, storage/demo/info.tsv; PORT 0: any; says `ready PORT`)
 */
'use strict';
const fs = require('fs');
const http = require('http');
const UssdMenu = require('ussd-menu-builder');

const [port, wordsPath, topicsPath] = process.argv.slice(2);
const words = {}, topics = {}, names = {};
for (const line of fs.readFileSync(wordsPath, 'utf8').split('\n')) {
    const found = /^(\w+) = (.*)$/.exec(line);
    if (found) words[found[1]] = found[2].replaceAll('|', '\n').replaceAll('{dinas}', 'Dinas Tenaga Kerja');
}
for (const line of fs.readFileSync(topicsPath, 'utf8').split('\n')) {
    const [topic, part, text] = line.split('\t');
    if (part === '1') topics[topic] = `${words.DRAF} ${text}`;
}

const menu = new UssdMenu();
menu.sessionConfig({
    start: (id) => Promise.resolve(names[id] ??= {}),
    end: (id) => Promise.resolve(delete names[id]),
    set: (id, key, value) => Promise.resolve(names[id][key] = value),
    get: (id, key) => Promise.resolve(names[id][key]),
});
menu.on('error', (error) => { throw error; });

// A state, and its twin that is entered by a wrong answer: `wrong` makes its text of the screen's.
function screen(id, next, wrong, text = async () => words[id]) {
    const wrongId = `${id}!`;
    menu.state(id, { run: async () => menu.con(await text()), next, defaultNext: wrongId });
    menu.state(wrongId, { run: async () => menu.con(wrong(await text())), next, defaultNext: wrongId });
}

const outOf = (n) => (text) => `${words.NUM.replace('{n}', n)} ${text}`;

function choices(id, list, more) {
    const next = Object.fromEntries(list.map((to, i) => [i + 1, to]));
    screen(id, { ...next, ...more }, outOf(list.length));
}

function topic(name, back) {
    const text = `${topics[name]}\n${words.PGK}`;
    menu.state(name, { run: () => menu.con(text), next: { 0: back } });
    return name;
}

const listed = (list, back) => list.map((name) => (topics[name] ? topic(name, back) : name));
menu.startState({ run: () => menu.con(words.M0), next: { '': 'M0' } });
choices('M0', ['D1', 'S0', 'J11', 'I1', 'T1', 'L1', 'M7'], { 0: 'M0' });
choices('M7', ['A1', 'D6u', 'LNG', 'P1', 'A3', 'TENTANG'], { 0: 'M0' });
choices('I1', listed(['SYARAT', 'DOKUMEN', 'TAHAP', 'BIAYA', 'CALO', 'KONTRAK'], 'I1').concat('I4'), { 0: 'M0', 9: 'I2' });
choices('I2', listed(['VISA', 'TPPO', 'BPJS', 'PASPOR', 'GAJI', 'SEHAT', 'UANG'], 'I2'), { 0: 'I1', 9: 'I2b' });
choices('I2b', listed(['BEBAS BIAYA', 'UANG PANJAR', 'DARURAT', 'PURNA', 'PRIVASI'], 'I2b'), { 0: 'I2', 9: 'I3' });
choices('I3', listed(['LAPOR DIRI', 'PULANG', 'USAHA', 'ANAK', 'KOPERASI', 'WISATA', 'CEK PT'], 'I3'), { 0: 'I2b' });
choices('I4', listed(['KONTAK TAIWAN', 'KONTAK HONGKONG', 'KONTAK MALAYSIA'], 'I4'), { 0: 'I1' });
screen('D1', { 1: 'D2', 2: 'D1x' }, (text) => text);
menu.state('D1x', { run: () => menu.end(words.D1x) });
screen('D2', { '*^[A-Za-z .\'-]{1,40}$': 'D3', 0: 'D1' }, () => words.D2e);
screen('D3', { '*^\\d\\d-\\d\\d-\\d{4}$': 'D4', 0: 'D2' }, () => words.D3d, async () => {
    if (/[a-z]/i.test(menu.val)) await menu.session.set('name', menu.val);
    return words.D3;
});
screen('D4', { '*^LEWATI$': 'D5', 0: 'D3' }, () => words.D4e.replace('{teks}', menu.val));
screen('D5', { '*^[1-57]$': 'D6', 0: 'D4' }, outOf(7));
screen('D6', { 1: 'D7', 0: 'D5' }, outOf(2), async () => words.D6.replace('{nama}', await menu.session.get('name'))
    .replace(' {jk}', '').replace('{lahir}', '17-08-1990').replace('{desa}', words.DSx).replace('{negara}', 'Taiwan'));
menu.state('D7', { run: () => menu.end(words.D7.replace('{no}', '314159265').replace('{kode}', '2718')) });

function answer(request, response, body) {
    const form = Object.fromEntries(new URLSearchParams(body));
    if (request.method !== 'POST' || !form.sessionId || !form.phoneNumber || form.text === undefined) {
        response.writeHead(400).end('A POST with sessionId, phoneNumber, serviceCode and text.\n');
        return;
    }
    menu.run(form, (text) => {
        response.setHeader('Content-Type', 'text/plain');
        response.end(text);
    });
}

const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => answer(request, response, body));
});
server.keepAliveTimeout = 600000;
server.listen(Number(port), '127.0.0.1', () => console.log(`ready ${server.address().port}`));
