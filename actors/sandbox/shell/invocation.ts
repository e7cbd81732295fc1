// How a shell was called: its options, and what it is to run.
import { DASH_LETTERS, Options, SET_OPTIONS, type SetOption, SHOPT_OPTIONS } from './options.js';

export interface Invocation {
  options: [SetOption, boolean][];
  shopts: [string, boolean][];
  command: boolean;
  stdin: boolean;
  interactive: boolean;
  login: boolean;
  norc: boolean;
  noprofile: boolean;
  posix: boolean;
  restricted: boolean;
  rest: readonly string[];
  error?: string;
}

const LONG_FLAGS = new Set(['norc', 'noprofile', 'login', 'posix', 'noediting', 'verbose', 'restricted', 'debugger', 'dump-strings']);

/** Reads argv[1…] as bash and dash do. */
export function parseInvocation(argv: readonly string[], isBash: boolean): Invocation {
  const found: Invocation = { options: [], shopts: [], command: false, stdin: false, interactive: false, login: argv[0]?.startsWith('-') ?? false, norc: false, noprofile: false, posix: false, restricted: /(^|\/)-?rbash$/.test(argv[0] ?? ''), rest: [] };
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--' || word === '-') {
      at++;
      break;
    }
    if (isBash && word.startsWith('--')) {
      const name = word.slice(2);
      if (name === 'rcfile' || name === 'init-file') at++;
      else if (!LONG_FLAGS.has(name)) return { ...found, error: `${word}: invalid option` };
      if (name === 'norc') found.norc = true;
      if (name === 'noprofile') found.noprofile = true;
      if (name === 'login') found.login = true;
      if (name === 'posix') found.posix = true;
      if (name === 'restricted') found.restricted = true;
      continue;
    }
    if (!/^[-+]./.test(word)) break;
    const on = word[0] === '-';
    for (const letter of word.slice(1)) {
      if (letter === 'c') found.command = true;
      else if (letter === 's') found.stdin = true;
      else if (letter === 'i') found.interactive = on;
      else if (letter === 'l') found.login = true;
      else if (letter === 'o' || (letter === 'O' && isBash)) {
        const name = argv[++at];
        if (name === undefined) return { ...found, error: `-${letter}: option requires an argument` };
        if (letter === 'o' ? !Object.hasOwn(SET_OPTIONS, name) : !Object.hasOwn(SHOPT_OPTIONS, name)) return { ...found, error: letter === 'o' ? `${name}: invalid option name` : `${name}: invalid shell option name` };
        if (letter === 'o') found.options.push([name as SetOption, on]);
        else found.shopts.push([name, on]);
      } else {
        const option = isBash ? Options.ofLetter(letter) : DASH_LETTERS.get(letter);
        if (!option && !(isBash && 'rD'.includes(letter))) return { ...found, error: isBash ? `${word[0]}${letter}: invalid option` : `Illegal option ${word[0]}${letter}` };
        if (option) found.options.push([option, on]);
        else if (letter === 'r' && on) found.restricted = true;
      }
    }
  }
  found.rest = argv.slice(at);
  return found;
}
