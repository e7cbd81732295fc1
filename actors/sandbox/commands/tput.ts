// tput: what a terminal can do, for the terminals that the machine's users have (terminfo's names; xterm's sequences, and dumb).
import type { Main } from '../kernel/program.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';

const NO_TERMINAL = 2;
const NO_TYPE = 3;
const NO_CAPABILITY = 4;

const STRINGS: Readonly<Record<string, string>> = {
  bel: '\x07', blink: '\x1b[5m', bold: '\x1b[1m', cbt: '\x1b[Z', civis: '\x1b[?25l', clear: '\x1b[H\x1b[2J', cnorm: '\x1b[?12l\x1b[?25h', cr: '\r', cub1: '\b', cud1: '\n', cuf1: '\x1b[C', cuu1: '\x1b[A', cvvis: '\x1b[?12;25h', dch1: '\x1b[P', dim: '\x1b[2m', dl1: '\x1b[M', ed: '\x1b[J', el: '\x1b[K', el1: '\x1b[1K',
  home: '\x1b[H', il1: '\x1b[L', ind: '\n', invis: '\x1b[8m', kcub1: '\x1bOD', kcud1: '\x1bOB', kcuf1: '\x1bOC', kcuu1: '\x1bOA', op: '\x1b[39;49m', rc: '\x1b8', rev: '\x1b[7m', ri: '\x1bM', ritm: '\x1b[23m', rmacs: '\x1b(B', rmcup: '\x1b[?1049l\x1b[23;0;0t', rmir: '\x1b[4l', rmkx: '\x1b[?1l\x1b>', rmso: '\x1b[27m', rmul: '\x1b[24m',
  sc: '\x1b7', sgr0: '\x1b(B\x1b[m', sitm: '\x1b[3m', smacs: '\x1b(0', smcup: '\x1b[?1049h\x1b[22;0;0t', smir: '\x1b[4h', smkx: '\x1b[?1h\x1b=', smso: '\x1b[7m', smul: '\x1b[4m',
};
/** termcap's names for the same. */
const SYNONYMS: Readonly<Record<string, string>> = { me: 'sgr0', md: 'bold', us: 'smul', ue: 'rmul', so: 'smso', se: 'rmso', mr: 'rev', cl: 'clear', ce: 'el', cd: 'ed', vi: 'civis', ve: 'cnorm', ti: 'smcup', te: 'rmcup', AF: 'setaf', AB: 'setab', Co: 'colors', li: 'lines', co: 'cols', mb: 'blink', mh: 'dim', up: 'cuu1' };

function color(first: number, index: number, colors: number): string {
  if (index < 8) return `\x1b[${first}${index}m`;
  if (index < 16 && colors > 8) return `\x1b[${first === 3 ? 9 : 10}${index - 8}m`;
  return `\x1b[${first}8;5;${index}m`;
}

/** Sequences with parameters. */
function parameterised(name: string, values: readonly number[], colors: number): string | undefined {
  const [a = 0, b = 0] = values;
  switch (name) {
    case 'setaf':
      return color(3, a, colors);
    case 'setab':
      return color(4, a, colors);
    case 'cup':
      return `\x1b[${a + 1};${b + 1}H`;
    case 'hpa':
      return `\x1b[${a + 1}G`;
    case 'vpa':
      return `\x1b[${a + 1}d`;
    case 'csr':
      return `\x1b[${a + 1};${b + 1}r`;
    case 'cuu':
    case 'cud':
    case 'cuf':
    case 'cub':
      return `\x1b[${a}${'ABCD'['udfb'.indexOf(name[2]!)]!}`;
    case 'dl':
    case 'il':
    case 'dch':
    case 'ich':
    case 'ech':
      return `\x1b[${a}${{ dl: 'M', il: 'L', dch: 'P', ich: '@', ech: 'X' }[name]}`;
    default:
      return undefined;
  }
}

/** The number of colours of a terminal type; undefined for a type that is not known here, -1 for none. */
function colorsOf(type: string): number | undefined {
  if (/-256color$|^(alacritty|kitty|ghostty|wezterm)/.test(type)) return 256;
  if (/^(xterm|screen|tmux|linux|rxvt|ansi|cygwin|konsole|vte|putty|st|eterm)/.test(type)) return 8;
  return type === 'dumb' || /^vt\d/.test(type) ? -1 : undefined;
}

export const tput: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'T:SVx', {}, { posix: true, exitCode: NO_TERMINAL });
  const type = options.value('T') ?? process.env.get('TERM');
  if (type === undefined || type === '') throw new UsageError('No value for $TERM and no -T specified', NO_TERMINAL);
  const colors = colorsOf(type);
  if (colors === undefined) throw new UsageError(`unknown terminal "${type}"`, NO_TYPE);
  const [given, ...rest] = options.operands;
  if (given === undefined) throw new UsageError('usage: tput [-V] [-S] [-x] [-T term] capname', NO_TERMINAL);
  const name = SYNONYMS[given] ?? given;
  const isDumb = type === 'dumb';
  const { terminal } = process;
  switch (name) {
    case 'cols':
      output.print(`${Number(process.env.get('COLUMNS')) || (terminal?.columns ?? 80)}\n`);
      return 0;
    case 'lines':
      output.print(`${Number(process.env.get('LINES')) || (terminal?.rows ?? 24)}\n`);
      return 0;
    case 'colors':
      output.print(`${colors}\n`);
      return 0;
    case 'longname':
      output.print(`${type}`);
      return 0;
    case 'init':
    case 'reset':
      if (!isDumb) output.print(name === 'reset' ? '\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>' : '\x1b[!p\x1b[?3;4l\x1b[4l\x1b>');
      return 0;
    case 'am':
      return 0;
    default:
  }
  const sequence = parameterised(name, rest.map(Number), colors) ?? STRINGS[name];
  if (sequence === undefined) throw new UsageError(`unknown terminfo capability '${given}'`, NO_CAPABILITY);
  // A terminal that cannot do it says nothing, and fails.
  if (isDumb && !['bel', 'cr', 'cud1', 'ind'].includes(name)) return 1;
  if (colors < 0 && /^seta[fb]$|^op$/.test(name)) return 1;
  output.print(sequence);
  return 0;
});
