// stty: the modes of a terminal (https://www.gnu.org/software/coreutils/stty).
import { O_NONBLOCK, O_RDONLY } from '../kernel/open-file.js';
import type { Main } from '../kernel/program.js';
import { type Terminal, TerminalFile, type TerminalModes } from '../kernel/tty.js';
import { plainCommand, reason, UsageError, usageError } from '../programs/stdio.js';
import { quoteName } from './common/quote.js';

type Mode = 'icanon' | 'echo' | 'isig' | 'icrnl' | 'opost' | 'onlcr' | 'iexten' | 'ixon';
const SANE: TerminalModes = { icanon: true, echo: true, isig: true, icrnl: true, opost: true, onlcr: true, iexten: true, ixon: true, min: 1, timeDeciseconds: 0 };
const CHARACTERS = 'intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;\neol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;\nwerase = ^W; lnext = ^V; discard = ^O;';
/** As `stty -a` lists them. Those that the terminal does not have stay as they are shown here. */
const LINES = [
  '-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts',
  '-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff',
  '-iuclc -ixany -imaxbel -iutf8',
  'opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0',
  'isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt',
  'echoctl echoke -flusho -extproc',
].map((line) => line.split(' '));
const FIXED = new Set(LINES.flat());
const MODES: ReadonlySet<string> = new Set<Mode>(['icanon', 'echo', 'isig', 'icrnl', 'opost', 'onlcr', 'iexten', 'ixon']);
/** What a combination sets, and what its opposite sets. */
const COMBINATIONS: Readonly<Record<string, readonly [Partial<TerminalModes>, Partial<TerminalModes>?]>> = {
  raw: [{ icrnl: false, ixon: false, opost: false, isig: false, icanon: false, min: 1, timeDeciseconds: 0 }, { icrnl: true, ixon: true, opost: true, isig: true, icanon: true }],
  cooked: [{ icrnl: true, ixon: true, opost: true, isig: true, icanon: true }, { icrnl: false, ixon: false, opost: false, isig: false, icanon: false, min: 1, timeDeciseconds: 0 }],
  cbreak: [{ icanon: false }, { icanon: true }],
  nl: [{ icrnl: false, onlcr: false }, { icrnl: true, onlcr: true }],
  sane: [SANE],
  dec: [{}], crt: [{}], ek: [{}],
};
/** termios(3) bits: input, output and local flags. */
const BITS: readonly (readonly [Mode, 0 | 1 | 3, number])[] = [['icrnl', 0, 0x100], ['ixon', 0, 0x400], ['opost', 1, 1], ['onlcr', 1, 4], ['isig', 3, 1], ['icanon', 3, 2], ['echo', 3, 8], ['iexten', 3, 0x8000]];
const CONTROL_FLAGS = 'bf';
const LOCAL_FLAGS = 0xa30;
const SAVED_FIELDS = 36;

/** `stty -g`: flags and control characters in hexadecimal. */
function save(modes: TerminalModes): string {
  const flags = [0, 0, 0, LOCAL_FLAGS];
  for (const [mode, at, bit] of BITS) if (modes[mode]) flags[at] = flags[at]! | bit;
  const [input, output, , local] = flags.map((value) => value.toString(16));
  return `${input}:${output}:${CONTROL_FLAGS}:${local}:3:1c:7f:15:4:${modes.timeDeciseconds.toString(16)}:${modes.min.toString(16)}:0:11:13:1a:0:12:f:17:16:0${':0'.repeat(SAVED_FIELDS - 21)}`;
}

/** The inverse of `save`. */
function restore(text: string): TerminalModes {
  const fields = text.split(':').map((field) => Number.parseInt(field, 16));
  const modes = { ...SANE, timeDeciseconds: fields[9]!, min: fields[10]! };
  for (const [mode, at, bit] of BITS) modes[mode] = (fields[at]! & bit) !== 0;
  return modes;
}

const shown = (name: string, modes: TerminalModes): string => (MODES.has(name) ? `${modes[name as Mode] ? '' : '-'}${name}` : name);

/** What differs from sane, as `stty` alone shows it. */
function differences(modes: TerminalModes): string {
  const off = (...names: Mode[]): string[] => names.filter((name) => !modes[name]).map((name) => `-${name}`);
  const lines = [['-brkint', ...off('icrnl'), '-imaxbel'], off('opost', 'onlcr'), off('isig', 'icanon', 'iexten', 'echo')].filter((words) => words.length > 0);
  return `speed 38400 baud; line = 0;\n${modes.icanon ? '' : `min = ${modes.min}; time = ${modes.timeDeciseconds};\n`}${lines.map((words) => `${words.join(' ')}\n`).join('')}`;
}

function all({ rows, columns, modes }: Terminal): string {
  const lines = LINES.map((words) => `${words.map((word) => shown(word, modes)).join(' ')}\n`);
  return `speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;\n${CHARACTERS} min = ${modes.min}; time = ${modes.timeDeciseconds};\n${lines.join('')}`;
}

export const stty: Main = plainCommand((process, output) => {
  const words = process.argv.slice(1).flatMap((word) => (/^-F.|^--file=/.test(word) ? ['-F', word.replace(/^-F|^--file=/, '')] : word === '--file' ? ['-F'] : word === '--all' ? ['-a'] : word === '--save' ? ['-g'] : [word]));
  let path: string | undefined;
  let fd = 0;
  if (words[0] === '-F') {
    path = words[1];
    if (path === undefined) throw usageError(process.argv, `option requires an argument -- 'F'`);
    words.splice(0, 2);
    try {
      fd = process.open(path, O_RDONLY | O_NONBLOCK);
    } catch (error) {
      throw new UsageError(`${path}: ${reason(error)}`);
    }
  }
  const name = path ?? `'standard input'`;
  const numbered = new Set(['rows', 'cols', 'columns', 'min', 'time']);
  const bare = (word: string): string => word.replace(/^-/, '');
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (numbered.has(word)) {
      const value = words[++i];
      if (value === undefined) throw usageError(process.argv, `missing argument to ${quoteName(word)}`);
      if (!/^\d+$/.test(value)) throw new UsageError(`invalid integer argument: ${quoteName(value)}`);
    } else if (!['-a', '-g', 'size', 'speed'].includes(word) && !MODES.has(bare(word)) && !Object.hasOwn(COMBINATIONS, bare(word)) && !FIXED.has(bare(word)) && !FIXED.has(`-${bare(word)}`) && !/^([0-9a-f]+:){35}[0-9a-f]+$/.test(word)) {
      throw usageError(process.argv, `invalid argument ${quoteName(word)}`);
    }
  }
  const file = process.descriptors.find(fd);
  if (!(file instanceof TerminalFile)) throw new UsageError(`${name}: Inappropriate ioctl for device`);
  const { terminal } = file;
  if (words.length === 0) output.print(differences(terminal.modes));
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const isOn = !word.startsWith('-');
    const combination = COMBINATIONS[bare(word)]?.[isOn ? 0 : 1];
    if (word === '-a') output.print(all(terminal));
    else if (word === '-g') output.print(`${save(terminal.modes)}\n`);
    else if (word === 'size') output.print(`${terminal.rows} ${terminal.columns}\n`);
    else if (word === 'speed') output.print('38400\n');
    else if (word === 'rows') terminal.resize(Number(words[++i]), terminal.columns);
    else if (word === 'cols' || word === 'columns') terminal.resize(terminal.rows, Number(words[++i]));
    else if (word === 'min') terminal.setModes({ ...terminal.modes, min: Number(words[++i]) });
    else if (word === 'time') terminal.setModes({ ...terminal.modes, timeDeciseconds: Number(words[++i]) });
    else if (word.includes(':')) terminal.setModes(restore(word));
    else if (MODES.has(bare(word))) terminal.setModes({ ...terminal.modes, [bare(word)]: isOn });
    else if (combination) terminal.setModes({ ...terminal.modes, ...combination });
    else if (!FIXED.has(word)) throw new UsageError(`${name}: unable to perform all requested operations`);
  }
  return 0;
});
