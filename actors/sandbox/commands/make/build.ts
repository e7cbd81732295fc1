// One run of make: what is known of variables, targets and rules, and how it speaks.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode, encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { readAll } from '../../programs/stdio.js';
import { Pace } from '../common/pace.js';
import { PatternVariables, recipeScope } from './automatic.js';
import { type Location, MakeFatal } from './errors.js';
import { expand } from './expand.js';
import { functions } from './functions.js';
import { flagsText, type Options } from './options.js';
import { PatternRules } from './pattern-rules.js';
import { readText } from './reader.js';
import type { RuleLine } from './rule-line.js';
import { SearchPath } from './search-path.js';
import { captureShell } from './shell.js';
import { type Target, Targets } from './targets.js';
import { type Origin, type Scope, type Variable, Variables } from './variables.js';

/** What one expansion may come to. */
const MAX_EXPANSION_CHARACTERS = 1 << 24;

/** A makefile that was read, or is to be made and read. */
export interface Makefile {
  target: Target;
  isOptional: boolean;
  /** Where it is included; undefined for the first ones. */
  location: Location | undefined;
  wasRead: boolean;
  reason: string;
}

export class Build {
  readonly process: Process;
  readonly options: Options;
  readonly functions = functions;
  readonly variables = new Variables();
  readonly targets = new Targets();
  readonly patternRules = new PatternRules();
  readonly patternVariables = new PatternVariables();
  readonly searchPath = new SearchPath();
  readonly makefiles: Makefile[] = [];
  readonly pace = new Pace();
  /** Depth of makes within makes. */
  readonly level: number;
  /** How we were called: `make`. */
  readonly name: string;
  /** The line that is read or expanded. */
  location: Location | undefined;
  /** Where the variable was set that is being expanded. */
  expanding: Location | undefined;
  recipePrefix = '\t';
  /** After .SECONDEXPANSION. */
  expandsTwice = false;
  /** Recipes run; prerequisites are settled. */
  isUpdating = false;
  expansionDepth = 0;
  includeDepth = 0;
  /** How many arguments the innermost call has. */
  callArguments = 0;
  readonly calling: Variable[] = [];
  assignmentOrigin: Origin = 'file';
  /** .SECONDARY for all. */
  keepsIntermediates = false;
  /** MAKEFLAGS as we set it last. */
  definedFlags = '';
  readonly #impossible = new Set<string>();

  constructor(process: Process, options: Options, level: number) {
    this.process = process;
    this.options = options;
    this.level = level;
    this.name = process.argv[0]!;
  }

  /** `make`, or `make[1]` below another one. */
  get prefix(): string {
    const name = this.name.split('/').at(-1)!;
    return this.level === 0 ? name : `${name}[${this.level}]`;
  }

  /** What a mistake in an expansion is said to be at. */
  get place(): Location | undefined {
    return this.expanding ?? this.location;
  }

  *say(text: string): Task {
    yield* this.process.write(1, encode(`${text}\n`));
  }

  /** On standard error, with the place in a makefile where there is one. */
  *warn(text: string, location?: Location): Task {
    yield* this.process.write(2, encode(`${location === undefined ? this.prefix : `${location.file}:${location.line}`}: ${text}\n`));
  }

  *evaluate(text: string): Task {
    yield* readText(this, text, this.location ?? { file: '', line: 1 });
  }

  *captureShell(command: string, scope: Scope): Task<string> {
    return yield* captureShell(this, command, scope);
  }

  isCalled(variable: Variable): boolean {
    return this.calling.includes(variable);
  }

  checkSize(text: string): void {
    if (text.length > MAX_EXPANSION_CHARACTERS) throw new MakeFatal('virtual memory exhausted', this.place);
  }

  exists(path: string): boolean {
    try {
      this.process.files.stat(path);
      return true;
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  isImpossible(name: string): boolean {
    return this.#impossible.has(name);
  }

  noteImpossible(name: string): void {
    this.#impossible.add(name);
  }

  /** Expands text as a recipe of the target would be. */
  *expandFor(target: Target, text: string): Task<string> {
    return yield* expand(this, recipeScope(this, target), text);
  }

  /** Some variables mean something to us. */
  noteVariable({ name, value }: Variable): void {
    if (name === '.RECIPEPREFIX') this.recipePrefix = value[0] ?? '\t';
  }

  /** Sets MAKEFLAGS and MFLAGS; while makefiles are read without what concerns makes below only. */
  defineFlags(isComplete: boolean): void {
    const { global } = this.variables;
    const flags = flagsText(this.options, isComplete);
    const hasOverrides = global.get('-*-command-variables-*-')!.value !== '';
    this.definedFlags = isComplete && hasOverrides ? `${flags} -- $(MAKEOVERRIDES)` : flags;
    const variable = this.variables.define(global, 'MAKEFLAGS', { value: this.definedFlags, isRecursive: true, origin: 'file' });
    variable.exported = true;
    this.variables.define(global, 'MFLAGS', { value: flags === '' || flags.startsWith(' ') ? flags.trim() : `-${flags}`, isRecursive: false, origin: 'environment' }).exported = true;
  }

  /** The first target that may be one is the default goal; some names switch something on at once. */
  noteGoal({ targets, targetPattern, hasTwoColons }: RuleLine): void {
    for (const name of targets) {
      if (name === '.SECONDEXPANSION') this.expandsTwice = true;
      else if (name === '.POSIX') this.variables.define(this.variables.global, '.SHELLFLAGS', { value: '-ec', isRecursive: false, origin: 'default' });
      const { global } = this.variables;
      if ((global.get('.DEFAULT_GOAL')?.value ?? '') !== '' || (name.startsWith('.') && !name.includes('/')) || (targetPattern === undefined && name.includes('%'))) continue;
      if (!hasTwoColons && this.patternRules.isSuffixRule(name)) continue;
      this.variables.define(global, '.DEFAULT_GOAL', { value: name, isRecursive: false, origin: 'file' });
    }
  }

  /** `make -f -`. */
  *readStandardInput(): Task<string> {
    return decode(yield* readAll(this.process, 0));
  }
}
