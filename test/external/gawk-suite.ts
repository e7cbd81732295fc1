// gawk's own test suite as shell scripts: the recipes of its makefiles, with make's variables put in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GawkCase {
  readonly name: string;
  /** The list of the makefile that it is in. */
  readonly group: string;
  /** Runs in the suite's folder; the file `.compared-NAME` says that it came to compare something, a file `_NAME` that is left that it failed. */
  readonly script: string;
}

/** The lists of cases that judge the language; others want libraries in C, arbitrary precision, the debugger or servers. */
const GROUPS = ['BASIC_TESTS', 'UNIX_TESTS', 'GAWK_EXT_TESTS', 'LOCALE_CHARSET_TESTS', 'MACHINE_TESTS'] as const;
/** A statistic of random numbers, which takes longer than all other cases together. */
export const LEFT_OUT = 'randtest';
/** Of the list for libraries in C, what gawk users have as an option. */
const IN_PLACE = /^inplace\d/;

/** As the makefile has them; `compared` is cmp that leaves a trace of having been asked. */
const LOCALES = 'LANGUAGE= LC_ALL=${GAWKLOCALE:-C} LANG=${GAWKLOCALE:-C}';
const VARIABLES: Readonly<Record<string, string>> = {
  LOCALES, AWK: `${LOCALES} ../gawk`, AWKPROG: '../gawk', CMP: 'compared', TESTOUTCMP: 'compared',
  srcdir: '.', top_srcdir: '..', abs_top_builddir: '..', abs_builddir: '.', abs_srcdir: '.', PATH_SEPARATOR: ':', SORT: 'sort', SORT2: 'LC_ALL=C sort', SHELL: '/bin/sh', RM: 'rm -f', DATE: '', ZOS_FAIL: '', EXEEXT: '',
};

/** Name -> recipe, one shell line each, backslashes before line ends left to the shell. */
function recipesOf(makefile: string): Map<string, string[]> {
  const recipes = new Map<string, string[]>();
  let lines: string[] | undefined;
  let continues = false;
  for (const line of makefile.split('\n')) {
    if (lines && continues) lines.push(`${lines.pop()!}\n${line.replace(/^\t/, '')}`);
    else if (lines && line.startsWith('\t')) lines.push(line.slice(1));
    else {
      const target = /^([\w-]+)::?\s*$/.exec(line)?.[1];
      if (target !== undefined) recipes.set(target, (lines = []));
      else if (!line.startsWith('#')) lines = undefined;
    }
    continues = line.endsWith('\\');
  }
  return recipes;
}

function expanded(line: string, name: string): string {
  return line.replace(/^[@-]+/, '').replace(/\$(?:\((\w+)\)|([@$]))/g, (_, variable: string | undefined, sign: string) => {
    if (variable === undefined) return sign === '@' ? name : '$';
    const value = VARIABLES[variable];
    if (value === undefined) throw new Error(`${name} of gawk's suite needs $(${variable})`);
    return value;
  });
}

function listOf(makefile: string, list: string): string[] {
  const text = new RegExp(`^${list} = ((?:.*\\\\\\n)*.*)$`, 'm').exec(makefile)?.[1] ?? '';
  return text.split(/[\s\\]+/).filter((word) => word !== '');
}

/** The cases of the suite in `folder` (upstream's `test`), in its own order. */
export function gawkCases(folder: string): GawkCase[] {
  const makefile = readFileSync(join(folder, 'Makefile.am'), 'utf8');
  const recipes = new Map([...recipesOf(makefile), ...recipesOf(readFileSync(join(folder, 'Maketests'), 'utf8'))]);
  const listed = GROUPS.flatMap((group) => listOf(makefile, group).map((name) => ({ name, group })));
  const inPlace = listOf(makefile, 'SHLIB_TESTS').filter((name) => IN_PLACE.test(name)).map((name) => ({ name, group: 'inplace' }));
  return [...listed, ...inPlace].flatMap(({ name, group }) => {
    const recipe = recipes.get(name);
    // Each line is a shell of its own, as with make.
    return recipe && name !== LEFT_OUT ? [{ name, group, script: `compared() { echo >>.compared-${name}; cmp "$@"; }\n${recipe.map((line) => `(\n${expanded(line, name)}\n)\n`).join('')}` }] : [];
  });
}
