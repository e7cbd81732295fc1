// dash's type, command -v and -V, alias, unalias and hash: what names mean.
import { DEFAULT_PATH, findProgram, searchPath } from '../../execute/program-search.js';
import { SPECIAL_BUILTINS } from '../../execute/special-builtins.js';
import { quoteDash } from '../../quote.js';
import type { Builtin, Outcome } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { byHash } from '../../variables/hash-order.js';
import { fail, print, readOptions } from '../output.js';

const KEYWORDS: ReadonlySet<string> = new Set(['if', 'then', 'else', 'elif', 'fi', 'case', 'esac', 'for', 'while', 'until', 'do', 'done', 'in', '{', '}', '!']);

interface Meaning {
  /** `command -v` */
  readonly brief: string;
  /** `type`, without the name. */
  readonly long: string;
}

/** A program that was looked up before is a tracked alias; being described counts as being looked up. */
function program(shell: Shell, name: string, usesDefaultPath: boolean): Meaning | undefined {
  if (name.includes('/')) return shell.process.files.exists(name) ? { brief: name, long: `is ${name}` } : undefined;
  const path = shell.variables.get('PATH') ?? '';
  const tracked = !usesDefaultPath && shell.hashedPath === path ? shell.hash.get(name)?.path : undefined;
  if (tracked !== undefined) return { brief: tracked, long: `is a tracked alias for ${tracked}` };
  const [found] = searchPath(shell, name, usesDefaultPath ? DEFAULT_PATH : path, false);
  if (found === undefined) return undefined;
  if (!usesDefaultPath) findProgram(shell, name);
  return { brief: found, long: `is ${found}` };
}

function meaning(shell: Shell, name: string, usesDefaultPath: boolean): Meaning | undefined {
  if (KEYWORDS.has(name)) return { brief: name, long: 'is a shell keyword' };
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return { brief: `alias ${name}=${quoteDash(alias)}`, long: `is an alias for ${alias}` };
  if (shell.functions.has(name)) return { brief: name, long: 'is a shell function' };
  if (shell.builtins.has(name)) return { brief: name, long: `is a ${SPECIAL_BUILTINS.dash.has(name) ? 'special ' : ''}shell builtin` };
  return program(shell, name, usesDefaultPath);
}

/** A name that means nothing is told of on standard output too. */
function sentence(name: string, found: Meaning | undefined): string {
  return `${name}${found ? ` ${found.long}` : ': not found'}\n`;
}

/** `command -v` and `command -V`, which look at one name. */
export function describe(shell: Shell, name: string, { terse, defaultPath }: { terse: boolean; defaultPath: boolean }): Outcome {
  const found = meaning(shell, name, defaultPath);
  return print(shell, 'command', terse ? (found ? `${found.brief}\n` : '') : sentence(name, found), found ? 0 : 127);
}

export const type: Builtin = (shell, argv) => {
  const found = argv.slice(1).map((name) => ({ name, found: meaning(shell, name, false) }));
  return print(shell, 'type', found.map((one) => sentence(one.name, one.found)).join(''), found.some((one) => !one.found) ? 127 : 0);
};

function aliasLine(shell: Shell, name: string): string {
  return `${name}=${quoteDash(shell.aliases.get(name)!)}\n`;
}

/** No options: `--` is a name. */
export const alias: Builtin = (shell, argv) => {
  if (argv.length === 1) return print(shell, 'alias', [...byHash(shell.aliases).keys()].map((name) => aliasLine(shell, name)).join(''));
  let status = 0;
  let text = '';
  for (const word of argv.slice(1)) {
    const at = word.indexOf('=', 1);
    if (at > 0) {
      shell.aliases.set(word.slice(0, at), word.slice(at + 1));
    } else if (shell.aliases.has(word)) {
      text += aliasLine(shell, word);
    } else {
      shell.warnRaw(`alias: ${word} not found\n`);
      status = 1;
    }
  }
  return print(shell, 'alias', text, status);
};

export const unalias: Builtin = (shell, argv) => {
  const { flags, operands } = readOptions(shell, argv, 'a', '')!;
  if (flags !== '') {
    shell.aliases.clear();
    return 0;
  }
  let status = 0;
  for (const name of operands) {
    if (shell.aliases.delete(name)) continue;
    shell.warnRaw(`unalias: ${name} not found\n`);
    status = 1;
  }
  return status;
};

export const hash: Builtin = (shell, argv) => {
  const { flags, operands } = readOptions(shell, argv, 'r', '')!;
  if (flags !== '') shell.hash.clear();
  if (operands.length === 0) return print(shell, 'hash', flags === '' ? [...byHash(shell.hash, 31).values()].map(({ path }) => `${path}\n`).join('') : '');
  let status = 0;
  for (const name of operands) {
    shell.hash.delete(name);
    if (!shell.functions.has(name) && !shell.builtins.has(name) && findProgram(shell, name) === undefined) status = fail(shell, 'hash', `${name}: not found`);
  }
  return status;
};
