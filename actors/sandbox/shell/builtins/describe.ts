// What a name means: type, command -v, hash, alias, unalias, enable.
import { functionText } from '../command-text.js';
import { DEFAULT_PATH, findAlong, findHashed, hashRefusal, isExecutable, searchPath } from '../execute/program-search.js';
import { SPECIAL_BUILTINS } from '../execute/special-builtins.js';
import { quoteDash, quoteSingle } from '../quote.js';
import type { Builtin, Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { inHashOrder } from '../variables/arrays.js';
import { fail, print, readOptions, usage } from './output.js';

const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'case', 'esac', 'for', 'select', 'while', 'until', 'do', 'done', 'in', 'function', 'time', '{', '}', '!', '[[', ']]', 'coproc']);
const DASH_KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'case', 'esac', 'for', 'while', 'until', 'do', 'done', 'in', '{', '}', '!']);

type Kind = 'alias' | 'keyword' | 'function' | 'builtin' | 'file';

interface Meaning {
  kind: Kind;
  text: string;
}

/** bash wants a path to be executable, other shells only that something is there. */
function isProgram(shell: Shell, path: string): boolean {
  return shell.isBash ? isExecutable(shell.process, path) : shell.process.files.exists(path);
}

/** The files that a name may mean. One that may not be executed is better than none; all of them are those that may. */
function programs(shell: Shell, name: string, all: boolean, defaultPath: boolean): readonly string[] {
  if (name.includes('/')) return isProgram(shell, name) ? [name] : [];
  const path = defaultPath ? DEFAULT_PATH : shell.variables.get('PATH') ?? '';
  if (all || !shell.isBash) return searchPath(shell, name, path, all);
  const found = (defaultPath ? undefined : findHashed(shell, name)) ?? (path === '' ? undefined : findAlong(shell, name, path));
  return found === undefined || (shell.options.posix && !isExecutable(shell.process, found)) ? [] : [found];
}

function meanings(shell: Shell, name: string, all: boolean, defaultPath: boolean, skipFunctions = false): Meaning[] {
  const found: Meaning[] = [];
  const alias = shell.aliases.get(name);
  if (alias !== undefined && (shell.options.expandAliases || !shell.isBash)) found.push({ kind: 'alias', text: alias });
  if ((shell.isBash ? KEYWORDS : DASH_KEYWORDS).has(name)) found.push({ kind: 'keyword', text: name });
  if (!skipFunctions && shell.functions.has(name)) found.push({ kind: 'function', text: name });
  if (shell.builtins.has(name) && !shell.disabledBuiltins.has(name)) found.push({ kind: 'builtin', text: name });
  if (found.length > 0 && !all) return found;
  for (const path of programs(shell, name, all, defaultPath)) found.push({ kind: 'file', text: path });
  return all ? found : found.slice(0, 1);
}

function sentence(shell: Shell, name: string, { kind, text }: Meaning): string {
  switch (kind) {
    case 'alias':
      return shell.isBash ? `${name} is aliased to \`${text}'` : `${name} is an alias for ${text}`;
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'function':
      return shell.isBash ? `${name} is a function\n${functionText(name, shell.functions.get(name)!.definition.body)}` : `${name} is a ${shell.dialect === 'ash' ? '' : 'shell '}function`;
    case 'builtin':
      return `${name} is a shell builtin`;
    default: {
      const hashed = shell.isBash ? shell.hash.get(name)?.path : undefined;
      return hashed !== undefined && (hashed === text || `./${hashed}` === text) ? `${name} is hashed (${text})` : `${name} is ${text}`;
    }
  }
}

/** `command -v` (terse) and `command -V`. */
export function describe(shell: Shell, names: readonly string[], options: { terse: boolean; defaultPath: boolean }): Outcome {
  let text = '';
  let status = 0;
  let found = 0;
  for (const name of names) {
    const [meaning] = meanings(shell, name, false, options.defaultPath);
    if (meaning) found++;
    if (!meaning) {
      status = shell.isBash ? 1 : 127;
      if (!options.terse && shell.dialect === 'ash') shell.warnRaw(`${name}: not found\n`);
      else if (!options.terse) shell.complain(shell.isBash ? `command: ${name}: not found` : `${name}: not found`);
    } else if (options.terse) {
      text += `${meaning.kind === 'alias' ? `alias ${name}=${(shell.isBash ? quoteSingle : quoteDash)(meaning.text)}` : meaning.text}\n`;
    } else {
      text += `${sentence(shell, name, meaning)}\n`;
    }
  }
  // bash is content with one of several.
  return print(shell, 'command', text, shell.isBash && found > 0 ? 0 : status);
}

export const type: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'afptP', 'type [-afptP] name [name ...]');
  if (!options) return 2;
  const { flags, operands } = options;
  let text = '';
  let status = 0;
  for (const name of operands) {
    let found = meanings(shell, name, flags.includes('a'), false, flags.includes('f'));
    if (flags.includes('P')) found = programs(shell, name, flags.includes('a') && !shell.hash.has(name), false).map((path) => ({ kind: 'file', text: path }));
    if (found.length === 0) {
      status = shell.isBash ? 1 : 127;
      if (!/[tpP]/.test(flags)) {
        if (shell.isBash) fail(shell, 'type', `${name}: not found`);
        else shell.warnRaw(`${name}: not found\n`);
      }
      continue;
    }
    for (const meaning of found) {
      if (flags.includes('t')) text += `${meaning.kind}\n`;
      else if (!/[pP]/.test(flags)) text += `${sentence(shell, name, meaning)}\n`;
      else if (meaning.kind === 'file') text += `${meaning.text}\n`;
    }
  }
  return print(shell, 'type', text, status);
};

/** Of bash's table of programs: it decides the order. */
export const HASH_BUCKETS = 256;
const HASH_SYNOPSIS = 'hash [-lr] [-p pathname] [-dt] [name ...]';

export const hash: Builtin = (shell, argv) => {
  if (shell.isBash && !shell.options.isSet('hashall')) return fail(shell, 'hash', 'hashing disabled');
  // -p and its path go first: `readOptions` knows no values.
  if (argv[1] === '-p' && shell.isBash) {
    const [path, ...names] = argv.slice(2);
    if (path === undefined) return usage(shell, 'hash', '-p: option requires an argument', HASH_SYNOPSIS);
    const refusal = hashRefusal(shell, path);
    if (refusal !== undefined) return fail(shell, 'hash', refusal);
    const along = shell.variables.get('PATH') ?? '';
    if (shell.hashedPath !== along) shell.hash.clear();
    shell.hashedPath = along;
    const found = shell.options.restricted ? searchPath(shell, path, along, false)[0]! : path;
    for (const name of names) shell.hash.set(name, { path: found, hits: 0 });
    return 0;
  }
  const options = readOptions(shell, argv, 'rdlt', HASH_SYNOPSIS);
  if (!options) return 2;
  const { flags, operands } = options;
  if (flags.includes('r')) shell.hash.clear();
  let status = 0;
  let text = '';
  for (const name of operands) {
    const known = findHashed(shell, name);
    if (flags.includes('t') && known !== undefined) text += operands.length > 1 ? `${name}\t${known}\n` : `${known}\n`;
    if (/[dt]/.test(flags)) {
      if (known === undefined) status = fail(shell, 'hash', `${name}: not found`);
      else if (flags.includes('d')) shell.hash.delete(name);
      continue;
    }
    if (name.includes('/')) continue;
    shell.hash.delete(name);
    const [path] = searchPath(shell, name, shell.variables.get('PATH') ?? '', false);
    if (path !== undefined) shell.hash.set(name, { path, hits: 0 });
    else status = fail(shell, 'hash', `${name}: not found`);
  }
  if (operands.length === 0 && flags === '') {
    if (shell.hash.size === 0) return shell.isBash && !shell.options.posix ? print(shell, 'hash', 'hash: hash table empty\n') : 0;
    text = shell.isBash ? `hits\tcommand\n${inHashOrder(shell.hash.keys(), HASH_BUCKETS).map((name) => shell.hash.get(name)!).map(({ path, hits }) => `${String(hits).padStart(4)}\t${path}\n`).join('')}` : [...shell.hash.values()].map(({ path }) => `${path}\n`).join('');
  }
  return print(shell, 'hash', text, status);
};

/** What no part of bash's grammar would take apart. */
export function isAliasName(name: string): boolean {
  return !/[\s;&|<>()\\'"`$/]/.test(name);
}

export const alias: Builtin = (shell, argv) => {
  // To dash and busybox `-p` is a name.
  const options = shell.isBash ? readOptions(shell, argv, 'p', 'alias [-p] [name[=value] ... ]') : { flags: '', operands: argv[1] === '--' ? argv.slice(2) : argv.slice(1) };
  if (!options) return 2;
  const words = options.operands;
  const prefix = shell.isBash && (!shell.options.posix || options.flags.includes('p')) ? 'alias ' : '';
  const line = (name: string): string => `${prefix}${name}=${(shell.isBash ? quoteSingle : quoteDash)(shell.aliases.get(name)!)}\n`;
  if (options.flags.includes('p') && shell.aliases.size === 0) return 0;
  const all = (): string => [...shell.aliases.keys()].sort().map(line).join('');
  if (words.length === 0) return print(shell, 'alias', all());
  let status = 0;
  let text = options.flags.includes('p') ? all() : '';
  for (const word of words) {
    const at = word.indexOf('=', 1);
    if (at > 0 && shell.isBash && !isAliasName(word.slice(0, at))) status = fail(shell, 'alias', `\`${word.slice(0, at)}': invalid alias name`);
    else if (at > 0) shell.aliases.set(word.slice(0, at), word.slice(at + 1));
    else if (shell.aliases.has(word)) text += line(word);
    else status = fail(shell, 'alias', shell.isBash ? `${word}: not found` : `${word} not found`);
  }
  return print(shell, 'alias', text, status);
};

const UNALIAS_SYNOPSIS = 'unalias [-a] name [name ...]';

export const unalias: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'a', UNALIAS_SYNOPSIS);
  if (!options) return 2;
  if (options.flags.includes('a')) {
    shell.aliases.clear();
    return 0;
  }
  if (argv.length === 1 && shell.isBash) {
    shell.warnRaw(`unalias: usage: ${UNALIAS_SYNOPSIS}\n`);
    return 2;
  }
  let status = 0;
  for (const name of options.operands) if (!shell.aliases.delete(name)) status = fail(shell, 'unalias', `${name}: not found`);
  return status;
};

export const enable: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'adfnps', 'enable [-a] [-dnps] [-f filename] [name ...]');
  if (!options) return 2;
  const off = options.flags.includes('n');
  if (options.operands.length === 0 || options.flags.includes('p')) {
    const names = [...shell.builtins.keys()].sort().filter((name) => !options.flags.includes('s') || SPECIAL_BUILTINS.bash.has(name));
    const isListed = (name: string): boolean => options.flags.includes('a') || shell.disabledBuiltins.has(name) === off;
    return print(shell, 'enable', names.filter(isListed).map((name) => `enable ${shell.disabledBuiltins.has(name) ? '-n ' : ''}${name}\n`).join(''));
  }
  if (/[df]/.test(options.flags)) return fail(shell, 'enable', 'dynamic loading not available');
  let status = 0;
  for (const name of options.operands) {
    if (!shell.builtins.has(name)) status = fail(shell, 'enable', `${name}: not a shell builtin`);
    else if (off) shell.disabledBuiltins.add(name);
    else shell.disabledBuiltins.delete(name);
  }
  return status;
};
