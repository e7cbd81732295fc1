// The escapes of prompts (PS1, PS4, `${x@P}`), and the expansion of what they leave.
import { zoneOf } from '../../commands/common/dates/zone.js';
import type { Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';
import { strftime } from '../strftime.js';
import { parseDocument } from '../syntax/script-parts.js';

/** The time of day and the date by strftime's letters. */
const TIMES: Readonly<Record<string, string>> = { t: '%H:%M:%S', T: '%I:%M:%S', '@': '%I:%M %p', A: '%H:%M', d: '%a %b %d' };
const ESCAPE = /\\(D\{[^}]*\}|[0-7]{3}|[^])/g;

/** PS4 and its relatives expanded: backslash escapes, then parameters and arithmetic as in double quotes (promptvars). Where commands are to be run for it, it stays as it is. */
export function promptText(shell: Shell, text: string): string {
  const escaped = withoutEscapes(shell, text);
  if (!/[$`]/.test(escaped)) return escaped;
  const word = parseDocument(escaped, shell.dialect);
  return word.blocking ? escaped : shell.expansion.text(word);
}

/** The same where commands can be run for it. */
export function* promptTask(shell: Shell, text: string): Task<string> {
  const escaped = withoutEscapes(shell, text);
  return /[$`]/.test(escaped) ? yield* shell.expansion.textTask(parseDocument(escaped, shell.dialect)) : escaped;
}

function withoutEscapes(shell: Shell, text: string): string {
  return text.includes('\\') && shell.dialect !== 'dash' ? text.replace(ESCAPE, (_, code: string) => escapeOf(shell, code)) : text;
}

function escapeOf(shell: Shell, code: string): string {
  if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
  const time = code.startsWith('D{') ? code.slice(2, -1) || '%X' : TIMES[code];
  if (time !== undefined) return strftime(time, Date.now(), zoneOf(shell.process, shell.variables.environment().get('TZ')));
  const { hostname } = shell.process.kernel;
  switch (code) {
    case 'u':
      return shell.process.credentials.uid === 0 ? 'root' : shell.variables.get('USER') ?? 'I have no name!';
    case 'h':
      return hostname.split('.')[0]!;
    case 'H':
      return hostname;
    case 'w':
    case 'W': {
      const cwd = shell.variables.get('PWD') ?? '/';
      const home = shell.variables.get('HOME') ?? '';
      const short = home !== '' && (cwd === home || cwd.startsWith(`${home}/`)) ? `~${cwd.slice(home.length)}` : cwd;
      return code === 'w' || short === '~' || short === '/' ? short : short.slice(short.lastIndexOf('/') + 1);
    }
    case '$':
      return shell.process.credentials.uid === 0 ? '#' : '$';
    case 's':
      return shell.name.split('/').at(-1)!;
    case 'v':
      return '5.2';
    case 'V':
      return '5.2.15';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'a':
      return '\x07';
    case 'e':
      return '\x1b';
    case '[':
    case ']':
      return '';
    case '\\':
      return '\\';
    case 'j':
      return String(shell.jobs.all.length);
    case '#':
    case '!':
      return shell.variables.get('HISTCMD') ?? '1';
    case 'l':
      return 'tty';
    default:
      return `\\${code}`;
  }
}
