// Reads makefiles: conditionals, assignments, includes, rules with their recipes.
import { Errno } from '../../kernel/errno.js';
import { decode } from '../../kernel/text.js';
import { PREEMPT, type Task } from '../../kernel/wait.js';
import { parseAssignment } from './assignment.js';
import { readBody, setVariable, setTargetVariable } from './assign.js';
import type { Build } from './build.js';
import { Conditionals } from './conditionals.js';
import { type Location, MakeFatal } from './errors.js';
import { expand } from './expand.js';
import { globNames } from './glob.js';
import { collapse, Lines, withoutComment } from './lines.js';
import { recordRule } from './record.js';
import { readRuleLine, type RuleLine } from './rule-line.js';
import { wordsOf } from './words.js';

const FOLDERS = ['/usr/local/include', '/usr/include'];
const MAX_INCLUDES = 200;

/** What was read of one makefile, or one text, so far. */
class Reader {
  readonly #build: Build;
  readonly #file: string;
  readonly #lines: Lines;
  readonly #conditionals: Conditionals;
  #rule: { line: RuleLine; location: Location; recipe: string[]; first: number } | undefined;
  /** After a rule whose targets came to nothing its recipe is not for anybody. */
  #skipsRecipe = false;

  constructor(build: Build, text: string, file: string, first: number) {
    this.#build = build;
    this.#file = file;
    this.#lines = new Lines(text, first);
    this.#conditionals = new Conditionals(build);
  }

  *readAll(): Task {
    for (let line = this.#lines.next(); line !== undefined; line = this.#lines.next()) {
      if (this.#build.pace.due) yield PREEMPT;
      const location = { file: this.#file, line: line.number };
      this.#build.location = location;
      yield* this.#read(line.text, location);
    }
    const end = { file: this.#file, line: this.#lines.nextNumber };
    if (this.#conditionals.isOpen) throw new MakeFatal("missing 'endif'", end);
    yield* this.#finishRule();
  }

  *#read(text: string, location: Location): Task {
    const build = this.#build;
    const prefix = build.recipePrefix;
    if (text.startsWith(prefix)) {
      if (this.#skipsRecipe) return;
      if (this.#rule !== undefined) {
        if (this.#conditionals.isIgnoring) return;
        if (this.#rule.recipe.length === 0) this.#rule.first = location.line;
        this.#rule.recipe.push(text.slice(1).replaceAll(`\n${prefix}`, '\n'));
        return;
      }
    }
    const collapsed = withoutComment(collapse(text)).trim();
    const assignment = parseAssignment(collapsed);
    if (assignment !== undefined) {
      const isIgnored = this.#conditionals.isIgnoring;
      const body = assignment.kind === 'define' ? readBody(this.#lines, prefix, location) : undefined;
      if (isIgnored) return;
      yield* this.#finishRule();
      this.#build.location = location;
      yield* setVariable(build, assignment, body, location);
      return;
    }
    if (collapsed === '') return;
    if (yield* this.#conditionals.read(collapsed, location)) return;
    if (this.#conditionals.isIgnoring) return;
    if (yield* this.#directive(collapsed, location)) return;
    if (text.startsWith(prefix)) throw new MakeFatal('recipe commences before first target', location);
    yield* this.#finishRule();
    build.location = location;
    yield* this.#startRule(text, location);
  }

  *#directive(text: string, location: Location): Task<boolean> {
    const [, keyword = '', rest = ''] = /^(export|unexport|vpath|include|-include|sinclude|load|-load)(?=[ \t]|$)[ \t]*(.*)$/s.exec(text) ?? [];
    if (keyword === '') return false;
    const build = this.#build;
    yield* this.#finishRule();
    build.location = location;
    const words = wordsOf(yield* expand(build, build.variables.globalScope, rest));
    if (keyword === 'export' || keyword === 'unexport') {
      if (rest === '') build.variables.exportsAll = keyword === 'export';
      for (const name of words) {
        const { global } = build.variables;
        const variable = global.get(name) ?? build.variables.define(global, name, { value: '', isRecursive: false, origin: 'file', location });
        variable.exported = keyword === 'export';
      }
    } else if (keyword === 'vpath') {
      build.searchPath.add(words);
    } else if (keyword === 'load' || keyword === '-load') {
      throw new MakeFatal(`The 'load' operation is not supported on this platform.`, location);
    } else {
      for (const word of words) {
        const found = yield* globNames(build, word);
        for (const name of found.length > 0 ? found : [word]) yield* readMakefile(build, name, { isOptional: keyword !== 'include', location });
      }
    }
    return true;
  }

  *#startRule(text: string, location: Location): Task {
    const line = yield* readRuleLine(this.#build, text, location);
    if (line === undefined) return;
    this.#skipsRecipe = line === 'nothing';
    if (line === 'nothing') return;
    if (line.assignment !== undefined) {
      yield* setTargetVariable(this.#build, line, location);
      return;
    }
    this.#rule = { line, location, recipe: line.recipe === undefined ? [] : [line.recipe.trimStart().replaceAll(`\n${this.#build.recipePrefix}`, '\n')], first: location.line };
    this.#build.noteGoal(line);
  }

  *#finishRule(): Task {
    const rule = this.#rule;
    this.#rule = undefined;
    this.#skipsRecipe = false;
    if (rule === undefined) return;
    const recipe = rule.recipe.length === 0 ? undefined : { text: rule.recipe.join('\n'), location: { file: this.#file, line: rule.first } };
    this.#build.location = rule.location;
    yield* recordRule(this.#build, { line: rule.line, recipe, location: rule.location });
  }
}

/** Reads text as if it stood at a place of a makefile. */
export function* readText(build: Build, text: string, { file, line }: Location): Task {
  const location = build.location;
  yield* new Reader(build, text, file, line).readAll();
  build.location = location;
}

export interface MakefileOptions {
  /** A missing one is no error. */
  isOptional: boolean;
  /** Where it is included. */
  location?: Location | undefined;
}

/** Reads a makefile, or notes that it has to be made first. */
export function* readMakefile(build: Build, name: string, { isOptional, location }: MakefileOptions): Task<boolean> {
  const opened = yield* openMakefile(build, name, location !== undefined);
  const path = opened?.path ?? name;
  const target = build.targets.enter(path);
  target.isMentioned = true;
  target.isOptional = isOptional;
  build.makefiles.push({ target, isOptional, location, wasRead: opened?.text !== undefined, reason: opened?.reason ?? 'No such file or directory' });
  if (opened?.text === undefined) return false;
  const list = build.variables.global.get('MAKEFILE_LIST')?.value ?? '';
  build.variables.define(build.variables.global, 'MAKEFILE_LIST', { value: list === '' ? path : `${list} ${path}`, isRecursive: false, origin: 'file', location: undefined });
  if (++build.includeDepth > MAX_INCLUDES) throw new MakeFatal(`${path}: Too many open files`, location);
  yield* readText(build, opened.text, { file: path, line: 1 });
  build.includeDepth--;
  return true;
}

function* openMakefile(build: Build, name: string, isIncluded: boolean): Task<{ path: string; text?: string; reason?: string }> {
  let reason = 'No such file or directory';
  const folders = isIncluded && !name.startsWith('/') ? ['', ...[...build.options.includeFolders, ...FOLDERS].map((folder) => `${folder}/`)] : [''];
  if (name === '-' && !isIncluded) return { path: '/dev/stdin', text: yield* build.readStandardInput() };
  for (const folder of folders) {
    try {
      return { path: folder + name, text: decode(build.process.files.readFile(folder + name)) };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (folder === '') reason = error.message;
    }
  }
  return { path: name, reason };
}
