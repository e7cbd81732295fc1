// Signals: Linux's numbers, names and default actions.

const NAMES = [
  '', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM',
  'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'IO', 'PWR', 'SYS',
] as const;

const IGNORED = new Set([17, 23, 28]);
const STOPPING = new Set([19, 20, 21, 22]);

export const SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGABRT = 6, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGPIPE = 13,
  SIGALRM = 14, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22, SIGXCPU = 24, SIGXFSZ = 25, SIGWINCH = 28;

/** The highest number (SIGRTMAX). */
export const SIGNAL_MAX = 64;

/** 'TERM' for 15, 'RTMIN+1' for 35; undefined when there is no such signal. */
export function signalName(number: number): string | undefined {
  if (number >= 1 && number < NAMES.length) return NAMES[number];
  if (number < 34 || number > SIGNAL_MAX) return undefined;
  if (number === 34) return 'RTMIN';
  if (number === SIGNAL_MAX) return 'RTMAX';
  return number <= 49 ? `RTMIN+${number - 34}` : `RTMAX-${SIGNAL_MAX - number}`;
}

/** 15 for 'TERM', 'SIGTERM', 'sigterm' or '15'; undefined when there is no such signal. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= SIGNAL_MAX ? Number(text) : undefined;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const at = NAMES.indexOf(name as (typeof NAMES)[number]);
  if (at > 0) return at;
  const real = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (!real) return name === 'CLD' ? SIGCHLD : name === 'POLL' ? 29 : name === 'IOT' ? SIGABRT : undefined;
  const offset = real[3] === undefined ? 0 : Number(real[3]) * (real[2] === '-' ? -1 : 1);
  const number = (real[1] === 'MIN' ? 34 : SIGNAL_MAX) + offset;
  return number >= 34 && number <= SIGNAL_MAX ? number : undefined;
}

/** What a signal does to a process that neither handles nor ignores it. */
export function defaultAction(number: number): 'terminate' | 'ignore' | 'stop' | 'continue' {
  if (number === SIGCONT) return 'continue';
  if (STOPPING.has(number)) return 'stop';
  return IGNORED.has(number) ? 'ignore' : 'terminate';
}
