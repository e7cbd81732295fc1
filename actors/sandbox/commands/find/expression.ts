// Parses find's expression into one test: ( ), !, implied -a, -o, comma; options that hold for the whole run on the way.
import { RegexSyntaxError } from '../../regex/posix-regex.js';
import { UsageError } from '../../programs/stdio.js';
import { Batch, deleting, executing, type Execution, printing, prune, quitting } from './actions.js';
import { compileFormat, listLine } from './printf.js';
import { blocking, evaluate, type FindRun, plain, type Test } from './run.js';
import { newer, PLAIN_TESTS, REGEX_TYPES, regexTest, TESTS } from './tests.js';

export interface Expression {
  test: Test;
  batches: readonly Batch[];
}

/** Throws UsageError in find's words. */
export function parseExpression(words: readonly string[], run: FindRun): Expression {
  return new Parser(words, run).parse();
}

const KNOWN_REGEX_TYPES = "'findutils-default', 'ed', 'emacs', 'gnu-awk', 'grep', 'posix-awk', 'awk', 'posix-basic', 'posix-egrep', 'egrep', 'posix-extended', 'posix-minimal-basic', 'sed'";
const CLOSING = new Set([')', '-o', '-or', ',']);

class Parser {
  readonly #words: readonly string[];
  readonly #run: FindRun;
  readonly #batches: Batch[] = [];
  #at = 0;
  #hasAction = false;
  #regexType: 'emacs' | 'basic' | 'extended' = 'emacs';

  constructor(words: readonly string[], run: FindRun) {
    this.#words = words;
    this.#run = run;
  }

  parse(): Expression {
    let test: Test = plain(() => true);
    if (this.#words.length > 0) {
      test = this.#list();
      if (this.#at < this.#words.length) throw new UsageError(`invalid expression; you have too many ')'`);
    }
    if (!this.#hasAction) test = and(test, printing(this.#run, ({ path }) => `${path}\n`));
    return { test, batches: this.#batches };
  }

  #list(): Test {
    let left = this.#or();
    while (this.#words[this.#at] === ',') {
      this.#at++;
      const [first, second] = [left, this.#or()];
      left = blocking(function* both(file) {
        yield* evaluate(first, file);
        return yield* evaluate(second, file);
      });
    }
    return left;
  }

  #or(): Test {
    let left = this.#and();
    while (this.#words[this.#at] === '-o' || this.#words[this.#at] === '-or') {
      this.#at++;
      left = or(left, this.#and());
    }
    return left;
  }

  #and(): Test {
    let left = this.#not();
    for (;;) {
      const word = this.#words[this.#at];
      if (word === undefined || CLOSING.has(word)) return left;
      if (word === '-a' || word === '-and') {
        this.#at++;
        const next = this.#words[this.#at];
        if (next === '-a' || next === '-and') throw new UsageError(`invalid expression; you have used a binary operator '${next}' with nothing before it.`);
      }
      left = and(left, this.#not());
    }
  }

  #not(): Test {
    const word = this.#words[this.#at];
    if (word !== '!' && word !== '-not') return this.#primary();
    this.#at++;
    if (this.#words[this.#at] === undefined) throw new UsageError(`expected an expression after '${word}'`);
    return not(this.#not());
  }

  #primary(): Test {
    const name = this.#words[this.#at];
    if (name === undefined || CLOSING.has(name)) {
      const before = this.#words[this.#at - 1];
      if (name === ')' && before === '(') throw new UsageError(`invalid expression; empty parentheses are not allowed.`);
      throw new UsageError(name === undefined ? `expected an expression after '${before}'` : name === ')' ? `invalid expression; you have too many ')'` : `invalid expression; you have used a binary operator '${name}' with nothing before it.`);
    }
    this.#at++;
    if (name === '(') {
      const inner = this.#list();
      if (this.#words[this.#at] !== ')') throw new UsageError(`invalid expression; I was expecting to find a ')' somewhere but did not see one.`);
      this.#at++;
      return inner;
    }
    return this.#option(name) ?? this.#action(name) ?? this.#test(name);
  }

  #argument(name: string): string {
    const argument = this.#words[this.#at++];
    if (argument === undefined) throw new UsageError(`missing argument to \`${name}'`);
    return argument;
  }

  #number(name: string): number {
    const text = this.#argument(name);
    if (!/^\d+$/.test(text)) throw new UsageError(`Expected a positive decimal integer argument to ${name}, but got '${text}'`);
    return Number(text);
  }

  /** Options are true wherever they stand. */
  #option(name: string): Test | undefined {
    const { settings } = this.#run;
    switch (name) {
      case '-depth':
      case '-d':
        settings.depthFirst = true;
        break;
      case '-maxdepth':
        settings.maxDepth = this.#number(name);
        break;
      case '-mindepth':
        settings.minDepth = this.#number(name);
        break;
      case '-mount':
      case '-xdev':
        settings.oneFileSystem = true;
        break;
      case '-follow':
        settings.follow = 'always';
        break;
      case '-daystart':
        this.#run.nowMs = new Date(this.#run.nowMs).setUTCHours(24, 0, 0, 0) - this.#run.zone.offsetSeconds(this.#run.nowMs) * 1000;
        break;
      case '-ignore_readdir_race':
        settings.ignoresRaces = true;
        break;
      case '-regextype': {
        const type = REGEX_TYPES[this.#argument(name)];
        if (type === undefined) throw new UsageError(`Unknown regular expression type '${this.#words[this.#at - 1]}'; valid types are ${KNOWN_REGEX_TYPES}.`);
        this.#regexType = type;
        break;
      }
      case '-warn':
      case '-nowarn':
      case '-noleaf':
      case '-noignore_readdir_race':
        break;
      default:
        return undefined;
    }
    return plain(() => true);
  }

  #action(name: string): Test | undefined {
    const run = this.#run;
    switch (name) {
      case '-prune':
        return prune;
      case '-quit':
        return quitting(run);
    }
    const action = this.#sideEffect(name);
    if (action) this.#hasAction = true;
    return action;
  }

  #sideEffect(name: string): Test | undefined {
    const run = this.#run;
    switch (name) {
      case '-print':
        return printing(run, ({ path }) => `${path}\n`);
      case '-print0':
        return printing(run, ({ path }) => `${path}\0`);
      case '-printf':
        return printing(run, compileFormat(this.#argument(name), run));
      case '-ls':
        return printing(run, listLine);
      case '-fprint':
        return printing(run, ({ path }) => `${path}\n`, this.#argument(name));
      case '-fprint0':
        return printing(run, ({ path }) => `${path}\0`, this.#argument(name));
      case '-fls':
        return printing(run, listLine, this.#argument(name));
      case '-fprintf': {
        const path = this.#argument(name);
        return printing(run, compileFormat(this.#argument(name), run), path);
      }
      case '-delete':
        run.settings.depthFirst = true;
        return deleting(run);
      case '-exec':
      case '-execdir':
      case '-ok':
      case '-okdir':
        return this.#execution(name);
      default:
        return undefined;
    }
  }

  #execution(name: string): Test {
    const start = this.#at;
    while (this.#at < this.#words.length && this.#words[this.#at] !== ';') {
      if (this.#words[this.#at] === '+' && this.#words[this.#at - 1] === '{}' && this.#at - 1 > start) break;
      this.#at++;
    }
    const end = this.#words[this.#at];
    if (end === undefined || this.#at === start) throw new UsageError(`missing argument to \`${name}'`);
    const words = this.#words.slice(start, this.#at);
    this.#at++;
    const execution: Execution = { words, inFolder: name.endsWith('dir'), asks: name.startsWith('-ok') };
    if (end === ';') return executing(this.#run, execution);
    const batch = new Batch(this.#run, { ...execution, words: words.slice(0, -1) });
    if (words.slice(0, -1).includes('{}')) throw new UsageError(`Only one instance of {} is supported with ${name} ... +`);
    this.#batches.push(batch);
    return batch.test;
  }

  #test(name: string): Test {
    const simple = PLAIN_TESTS[name];
    if (simple) return simple;
    if (name === '-regex' || name === '-iregex') {
      try {
        return regexTest(this.#argument(name), this.#regexType, name === '-iregex');
      } catch (error) {
        if (error instanceof RegexSyntaxError) throw new UsageError(`failed to compile regular expression '${this.#words[this.#at - 1]}': ${error.message}`);
        throw error;
      }
    }
    const make = TESTS[name] ?? newer(name);
    if (!make && /^-newer../.test(name)) throw new UsageError(`invalid predicate \`${name}'`);
    if (!make) throw new UsageError(name.startsWith('-') ? `unknown predicate \`${name}'` : `paths must precede expression: \`${name}'`);
    return make(this.#argument(name), this.#run, name);
  }
}

function not(test: Test): Test {
  if (!test.isTask) return plain((file) => !test.test(file));
  return blocking(function* negate(file) {
    return !(yield* test.test(file));
  });
}

function and(left: Test, right: Test): Test {
  if (!left.isTask && !right.isTask) return plain((file) => left.test(file) && right.test(file));
  return blocking(function* both(file) {
    return (yield* evaluate(left, file)) && !file.run.isOver && (yield* evaluate(right, file));
  });
}

function or(left: Test, right: Test): Test {
  if (!left.isTask && !right.isTask) return plain((file) => left.test(file) || right.test(file));
  return blocking(function* either(file) {
    return (yield* evaluate(left, file)) || (!file.run.isOver && (yield* evaluate(right, file)));
  });
}
