// Linux signals by name and number, as `docker kill --signal` accepts them.

const NAMES = ('HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU ' +
  'URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS').split(' ');
const ALIASES: Readonly<Record<string, number>> = { IOT: 6, CLD: 17, POLL: 29, UNUSED: 31 };
const RTMIN = 34;
const RTMAX = 64;

export const SIGKILL = 9;
export const SIGTERM = 15;

/**
 * The number (0 to 64) of a signal given by number, numeric text or name, with or without SIG, in any case, real-time
 * ones as RTMIN+n and RTMAX-n; undefined when there is no such signal.
 * Names as https://github.com/moby/sys/blob/main/signal/signal_linux.go
 */
export function normaliseSignal(signal: string | number): number | undefined {
  if (typeof signal === 'number') return Number.isInteger(signal) && signal >= 0 && signal <= RTMAX ? signal : undefined;
  const text = signal.trim().toUpperCase();
  if (/^\d{1,2}$/.test(text)) return normaliseSignal(Number(text));
  const name = text.startsWith('SIG') ? text.slice(3) : text;
  const index = NAMES.indexOf(name);
  if (index >= 0) return index + 1;
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  const realTime = /^RT(MIN(?:\+(\d{1,2}))?|MAX(?:-(\d{1,2}))?)$/.exec(name);
  if (!realTime) return undefined;
  const number = realTime[1]!.startsWith('MIN') ? RTMIN + Number(realTime[2] ?? 0) : RTMAX - Number(realTime[3] ?? 0);
  return number >= RTMIN && number <= RTMAX ? number : undefined;
}

/** `SIGTERM` for 15; real-time signals as `SIGRTMIN+n`; numbers without a name as digits. */
export function signalName(signal: number): string {
  const name = NAMES[signal - 1];
  if (name !== undefined) return `SIG${name}`;
  if (signal < RTMIN || signal > RTMAX) return String(signal);
  return signal === RTMIN ? 'SIGRTMIN' : `SIGRTMIN+${signal - RTMIN}`;
}
