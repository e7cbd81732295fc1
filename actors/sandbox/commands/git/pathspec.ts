// Which files the operands of a command mean: names, folders, patterns, and what is left out (https://git-scm.com/docs/gitglossary#def_pathspec).
import { posix } from 'node:path';
import { compileGlob } from '../common/glob.js';
import { isTrue } from './configuration.js';
import { GitFailure, type Repository } from './repository.js';

/** Files of a repository, by their paths from the root of its working tree. */
export interface Pathspec {
  readonly isEverything: boolean;
  matches(path: string): boolean;
  /** Whether there may be something in a folder. */
  reaches(folder: string): boolean;
  /** The first operand that names none of the files. */
  unmatched(files: Iterable<string>): string | undefined;
}

interface Item {
  readonly operand: string;
  readonly excludes: boolean;
  readonly matches: (path: string) => boolean;
  /** What stands before the first wildcard. */
  readonly prefix: string;
}

/** Operands are relative to a folder, by default the current one. Throws GitFailure for what lies outside. */
export function pathspec(repository: Repository, operands: readonly string[], folder = repository.process.files.getcwd()): Pathspec {
  const items = operands.map((operand) => readItem(repository, operand, folder));
  const wanted = items.filter(({ excludes }) => !excludes);
  const unwanted = items.filter(({ excludes }) => excludes);
  return {
    isEverything: items.length === 0,
    matches: (path) => (wanted.length === 0 || wanted.some((item) => item.matches(path))) && !unwanted.some((item) => item.matches(path)),
    reaches: (folder) => wanted.length === 0 || wanted.some(({ prefix, matches }) => matches(folder) || prefix.startsWith(`${folder}/`) || folder.startsWith(prefix)),
    unmatched(files) {
      const all = [...files];
      return wanted.find((item) => !all.some((path) => item.matches(path)))?.operand;
    },
  };
}

function readItem(repository: Repository, operand: string, folder: string): Item {
  const { env } = repository.process;
  const usual = (['literal', 'glob', 'noglob', 'icase'] as const).filter((word) => isTrue(env.get(`GIT_${word.toUpperCase()}_PATHSPECS`)));
  const isLiteral = usual.includes('literal');
  const [, long, text] = isLiteral ? [] : (/^:\(([^)]*)\)(.*)$/s.exec(operand) ?? []);
  const [, marks, rest] = long === undefined && !isLiteral ? (/^:([!^/]*)(.*)$/s.exec(operand) ?? []) : [];
  const magic: string[] = [...(long?.split(',') ?? [...(marks ?? '')].map((mark) => (mark === '/' ? 'top' : 'exclude'))), ...usual];
  const given = text ?? rest ?? operand;
  const base = magic.includes('top') ? repository.dir : folder;
  const path = posix.relative(repository.dir, posix.resolve(base, given));
  if (path.startsWith('..')) throw new GitFailure(`${given}: '${given}' is outside repository at '${repository.dir}'`);
  const ignoreCase = magic.includes('icase');
  const isPattern = /[*?[]/.test(path) && !magic.includes('literal') && (magic.includes('glob') || !magic.includes('noglob'));
  const glob = isPattern ? compileGlob(path, { ...(magic.includes('glob') ? { pathname: true } : {}), ignoreCase }) : undefined;
  const fold = (one: string): string => (ignoreCase ? one.toLowerCase() : one);
  const isUnder = (file: string): boolean => path === '' || fold(file) === fold(path) || fold(file).startsWith(`${fold(path)}/`);
  return { operand, excludes: magic.includes('exclude'), matches: (file) => isUnder(file) || glob?.(file) === true, prefix: isPattern ? path.slice(0, path.search(/[*?[]/)) : path };
}
