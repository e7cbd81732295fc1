// Signals by every name Docker accepts.
import test from 'ava';
import { normaliseSignal, signalName } from '../../machines/signals.js';

test('names, numbers and real-time signals', (t) => {
  const known: [string | number, number][] = [
    ['TERM', 15], ['SIGTERM', 15], ['sigterm', 15], ['15', 15], [15, 15], ['KILL', 9], ['HUP', 1], ['SYS', 31], ['IOT', 6], ['CLD', 17],
    ['WINCH', 28], ['RTMIN', 34], ['SIGRTMIN+3', 37], ['RTMAX-14', 50], ['RTMAX', 64], [0, 0], ['64', 64],
  ];
  for (const [given, number] of known) t.is(normaliseSignal(given), number, String(given));
});

test('what is no signal is refused', (t) => {
  for (const given of ['', 'FOO', 'SIG', '65', 65, -1, 1.5, 'RTMIN+31', 'RTMAX-31', 'constructor', '015x', NaN]) t.is(normaliseSignal(given), undefined, String(given));
});

test('every number up to 64 has a name that means it', (t) => {
  for (let number = 1; number <= 64; number++) {
    if (number === 32 || number === 33) continue;
    t.is(normaliseSignal(signalName(number)), number);
  }
});
