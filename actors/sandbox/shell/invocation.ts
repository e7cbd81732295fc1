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
  /** What an interactive shell reads in place of ~/.bashrc. */
  rcfile?: string;
  /** `--help` or `--version`: what is printed instead of running anything. */
  tells?: 'help' | 'version';
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
      if (name === 'rcfile' || name === 'init-file') {
        const file = argv[++at];
        if (file === undefined) return { ...found, error: `${name}: option requires an argument` };
        found.rcfile = file;
        continue;
      }
      if (name === 'help' || name === 'version') found.tells ??= name;
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
        if (letter === 'o' ? !Object.hasOwn(SET_OPTIONS, name) : !Object.hasOwn(SHOPT_OPTIONS, name)) return { ...found, error: letter === 'o' ? (isBash ? `${name}: invalid option name` : `Illegal option -o ${name}`) : `${name}: invalid shell option name` };
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

/** `bash --help`. */
export function helpText(version: string): string {
  const long = ['debug', 'debugger', 'dump-po-strings', 'dump-strings', 'help', 'init-file', 'login', 'noediting', 'noprofile', 'norc', 'posix', 'pretty-print', 'rcfile', 'restricted', 'verbose', 'version'];
  return `GNU bash, version ${version}-(x86_64-pc-linux-gnu)
Usage:\tbash [GNU long option] [option] ...
\tbash [GNU long option] [option] script-file ...
GNU long options:
${long.map((name) => `\t--${name}\n`).join('')}Shell options:
\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)
\t-abefhkmnptuvxBCEHPT or -o option
Type \`bash -c "help set"' for more information about shell options.
Type \`bash -c help' for more information about shell builtin commands.
Use the \`bashbug' command to report bugs.

bash home page: <http://www.gnu.org/software/bash>
General help using GNU software: <http://www.gnu.org/gethelp/>
`;
}

/** `bash --version`: whose behaviour this is. */
export function versionText(version: string): string {
  return `GNU bash, version ${version} (x86_64-pc-linux-gnu)\n`;
}
