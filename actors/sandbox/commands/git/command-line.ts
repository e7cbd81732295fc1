// What stands before the operation on git's command line: -C, -c, --git-dir and their like (https://git-scm.com/docs/git).
import type { Process } from '../../kernel/process.js';
import { canonical } from './configuration.js';
import type { GlobalOptions } from './external.js';

export const USAGE = `usage: git [-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>]
           [--exec-path[=<path>]] [--html-path] [--man-path] [--info-path]
           [-p | --paginate | -P | --no-pager] [--no-replace-objects] [--bare]
           [--git-dir=<path>] [--work-tree=<path>] [--namespace=<name>]
           [--super-prefix=<path>] [--config-env=<name>=<envvar>]
           <command> [<args>]
`;

export interface Invocation extends GlobalOptions {
  readonly argv: readonly string[];
}

/** What is said instead of running an operation. */
export interface Answer {
  readonly text: string;
  readonly exitCode: number;
}

const PLACES: Readonly<Record<string, string>> = { '--exec-path': '/usr/lib/git-core', '--html-path': '/usr/share/doc/git/html', '--man-path': '/usr/share/man', '--info-path': '/usr/share/info' };
const INDIFFERENT = new Set(['--no-pager', '-P', '-p', '--paginate', '--no-optional-locks', '--no-replace-objects', '--no-lazy-fetch']);
/** Options that stand for a variable of the environment. */
const VARIABLES: Readonly<Record<string, string>> = { '--literal-pathspecs': 'GIT_LITERAL_PATHSPECS', '--glob-pathspecs': 'GIT_GLOB_PATHSPECS', '--noglob-pathspecs': 'GIT_NOGLOB_PATHSPECS', '--icase-pathspecs': 'GIT_ICASE_PATHSPECS' };

export function readCommandLine(process: Process, words: readonly string[]): Invocation | Answer {
  const overrides = new Map<string, string>();
  const folders: string[] = [];
  let [gitDir, workTree]: (string | undefined)[] = [];
  const wrong = (message: string): Answer => ({ text: `${message}\n${USAGE}`, exitCode: 129 });
  let at = 0;
  for (; at < words.length && words[at]!.startsWith('-'); at++) {
    const [, name, joined] = /^(--[^=]+)(?:=(.*))?$/s.exec(words[at]!) ?? [undefined, words[at]!];
    const value = (): string | undefined => joined ?? words[++at];
    if (name === '-C') {
      const folder = words[++at];
      if (folder === undefined) return wrong("no directory given for '-C' option");
      if (folder !== '') folders.push(folder);
    } else if (name === '-c') {
      const text = words[++at];
      if (text === undefined) return wrong('-c expects a configuration string');
      const [key, ...rest] = text.split('=');
      if (!key!.includes('.')) return { text: `error: key does not contain a section: ${key}\nfatal: unable to parse command-line config\n`, exitCode: 128 };
      overrides.set(canonical(key!), rest.length > 0 ? rest.join('=') : 'true');
    } else if (name === '--config-env') {
      const [, key, variable] = /^(.+)=(.*)$/s.exec(value() ?? '') ?? [];
      if (key === undefined) return wrong('no config key given for --config-env');
      const content = process.env.get(variable!);
      if (content === undefined) return { text: variable === '' ? `fatal: missing environment variable name for configuration '${key}'\n` : `fatal: missing environment variable '${variable}' for configuration '${key}'\n`, exitCode: 128 };
      overrides.set(canonical(key), content);
    } else if (name === '--git-dir' || name === '--work-tree' || name === '--namespace' || name === '--super-prefix') {
      const given = value();
      if (given === undefined) return wrong(`no ${name === '--git-dir' || name === '--work-tree' ? 'directory' : name.slice(2)} given for '${name}' option`);
      if (name === '--git-dir') gitDir = given;
      else if (name === '--work-tree') workTree = given;
    } else if (Object.hasOwn(PLACES, name!)) {
      if (joined === undefined) return { text: `${name === '--exec-path' ? (process.env.get('GIT_EXEC_PATH') ?? PLACES[name]) : PLACES[name!]}\n`, exitCode: 0 };
    } else if (Object.hasOwn(VARIABLES, name!)) process.env = new Map(process.env).set(VARIABLES[name!]!, '1');
    else if (name === '--bare') gitDir ??= process.env.get('GIT_DIR') ?? process.files.getcwd();
    else if (name === '--version' || name === '-v') return { argv: ['version', ...words.slice(at + 1)], overrides, folders, gitDir, workTree };
    else if (name === '--help' || name === '-h') return { argv: ['help', ...words.slice(at + 1)], overrides, folders, gitDir, workTree };
    else if (!INDIFFERENT.has(name!)) return wrong(`unknown option: ${words[at]}`);
  }
  return { argv: words.slice(at), overrides, folders, gitDir, workTree };
}
