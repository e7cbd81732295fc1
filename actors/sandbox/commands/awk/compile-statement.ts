// Compiles awk statements. Loops give others their turn and let output flow.
import { Errno } from '../../kernel/errno.js';
import type { Task } from '../../kernel/wait.js';
import type { Output } from '../../programs/stdio.js';
import { Pace } from '../text-input.js';
import type { Expression, LValue, Redirection, Statement } from './ast.js';
import { type Code, evaluate, over, valueCode } from './code.js';
import { compileArray, compileElement } from './compile-array.js';
import type { ExpressionCompiler } from './compile-place.js';
import { formatValues } from './format.js';
import { ordered } from './order.js';
import type { Runtime } from './runtime.js';
import type { Location } from './source.js';
import { BREAK, CONTINUE, EXIT, NEXT, NEXTFILE, NORMAL, RETURN, type Signal, type StatementCode } from './signals.js';
import { AwkFatal, compareValues, numberText, toBoolean, toNumber, type Value } from './values.js';

function mustWait(): never {
  throw new Error('a statement that may block was run as one that may not');
}

export class StatementCompiler {
  readonly #expressions: ExpressionCompiler;
  readonly #runtime: Runtime;
  readonly #pace = new Pace();
  #turns = 0;

  constructor(expressions: ExpressionCompiler) {
    this.#expressions = expressions;
    this.#runtime = expressions.runtime;
  }

  compile(statement: Statement): StatementCode {
    // What is found wrong while it is compiled is wrong there as well.
    this.#runtime.where = statement.where;
    return located(this.#runtime, statement.where, this.#compile(statement));
  }

  #compile(statement: Statement): StatementCode {
    switch (statement.kind) {
      case 'block': return sequence(statement.body.map((part) => this.compile(part)));
      case 'expression': return fromCode(this.#expressions.compile(statement.value));
      case 'print': case 'printf': return fromCode(this.#print(statement));
      case 'if': return this.#if(statement);
      case 'while': return this.#loop(statement.where, { before: statement.test, step: undefined, body: statement.body, after: undefined });
      case 'do': return this.#loop(statement.where, { before: undefined, step: undefined, body: statement.body, after: statement.test });
      case 'for': {
        const loop = this.#loop(statement.where, { before: statement.test, step: statement.step, body: statement.body, after: undefined });
        return statement.start ? sequence([this.compile(statement.start), loop]) : loop;
      }
      case 'for-in': return this.#forIn(statement);
      case 'switch': return this.#switch(statement);
      case 'delete': return fromCode(this.#delete(statement));
      case 'exit': case 'return': return this.#leave(statement.kind, statement.value);
      case 'next': return { exec: () => NEXT };
      case 'nextfile': return { exec: () => NEXTFILE };
      case 'break': return { exec: () => BREAK };
      case 'continue': return { exec: () => CONTINUE };
    }
  }

  // --- output -----------------------------------------------------------------------------------------------------------------

  /** Nothing, where the program said by PROCINFO that it wants to go on. */
  #output(operator: Redirection['operator'], target: string): Output | undefined {
    try {
      return this.#runtime.streams.output(operator, target);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (!isNonFatal(this.#runtime, target)) throw new AwkFatal(`cannot ${operator.startsWith('|') ? 'open pipe' : 'redirect to'} \`${target}': ${error.message}`);
      this.#runtime.noteError(error);
      return undefined;
    }
  }

  #print({ kind, args, redirection }: Extract<Statement, { kind: 'print' | 'printf' }>): Code {
    const runtime = this.#runtime;
    const operands = args.map((arg) => this.#expressions.compile(arg));
    if (redirection) operands.push(this.#expressions.compile(redirection.target));
    return over(runtime, operands, (codes) => {
      const values = redirection ? codes.slice(0, -1) : codes;
      const target = redirection && codes.at(-1)!;
      const standard = runtime.streams.standard;
      const text = kind === 'printf' ? this.#formatted(values) : this.#printed(values);
      if (!target) {
        return valueCode(runtime, () => {
          standard.print(text());
          return undefined;
        });
      }
      return valueCode(runtime, () => {
        const line = text();
        this.#output(redirection!.operator, target.text())?.print(line);
        return undefined;
      });
    });
  }

  #formatted([format, ...args]: readonly Code[]): () => string {
    return () => formatValues(format!.text(), args.map((arg) => arg.value()), this.#runtime.convfmt, this.#runtime.manners === 'gnu');
  }

  #printed(values: readonly Code[]): () => string {
    const runtime = this.#runtime;
    if (values.length === 0) return () => runtime.recordText() + runtime.ors;
    const text = (value: Value): string => (typeof value === 'number' ? numberText(value, runtime.ofmt) : runtime.text(value));
    const texts = values.map((code) => code.printed ?? (() => text(code.value())));
    const [only] = texts;
    if (texts.length === 1) return () => only!() + runtime.ors;
    return () => {
      let line = only!();
      for (let i = 1; i < texts.length; i++) line += runtime.ofs + texts[i]!();
      return line + runtime.ors;
    };
  }

  // --- control ----------------------------------------------------------------------------------------------------------------

  #if({ test, consequent, otherwise }: Extract<Statement, { kind: 'if' }>): StatementCode {
    const condition = this.#expressions.compile(test);
    const yes = this.compile(consequent);
    const no: StatementCode = otherwise ? this.compile(otherwise) : { exec: () => NORMAL };
    if (!condition.run && !yes.run && !no.run) return { exec: () => (condition.truth() ? yes.exec() : no.exec()) };
    return {
      exec: mustWait,
      *run() {
        const branch = toBoolean(yield* evaluate(condition)) ? yes : no;
        return branch.run ? yield* branch.run() : branch.exec();
      },
    };
  }

  /** Every so often: lets full buffers and other processes go. */
  *#breathe(): Task {
    if ((++this.#turns & 127) !== 0) return;
    if (this.#runtime.streams.needsFlush) yield* this.#runtime.streams.flushFull();
    yield* this.#pace.turn();
  }

  #loop(where: Location, parts: { before: Expression | undefined; step: Statement | undefined; body: Statement; after: Expression | undefined }): StatementCode {
    const before = parts.before && this.#expressions.compile(parts.before);
    const after = parts.after && this.#expressions.compile(parts.after);
    const step = parts.step && this.compile(parts.step);
    const body = this.compile(parts.body);
    const breathe = (): Task => this.#breathe();
    const runtime = this.#runtime;
    return {
      exec: mustWait,
      *run() {
        for (let turn = 0; ; turn++) {
          runtime.where = where;
          if (before && !(before.run ? toBoolean(yield* before.run()) : before.truth())) return NORMAL;
          const signal = body.run ? yield* body.run() : body.exec();
          if (signal === BREAK) return NORMAL;
          if (signal !== NORMAL && signal !== CONTINUE) return signal;
          if (step) {
            if (step.run) yield* step.run();
            else step.exec();
          }
          runtime.where = where;
          if (after && !(after.run ? toBoolean(yield* after.run()) : after.truth())) return NORMAL;
          if ((turn & 15) === 15) yield* breathe();
        }
      },
    };
  }

  #forIn({ variable, array, body: inner, where }: Extract<Statement, { kind: 'for-in' }>): StatementCode {
    const { operands, at } = compileArray(this.#expressions, array);
    const target: LValue = { kind: 'variable', name: variable };
    const place = this.#expressions.place(target).at([]);
    const body = this.compile(inner);
    const runtime = this.#runtime;
    const { functions } = this.#expressions;
    const breathe = (): Task => this.#breathe();
    return {
      exec: mustWait,
      *run() {
        const values: Value[] = [];
        for (const operand of operands) values.push(yield* evaluate(operand));
        const found = at(values.map((value) => valueCode(runtime, () => value))).array();
        for (const [key] of yield* ordered(runtime, functions, [...found], sortedIn(runtime))) {
          runtime.where = where;
          place.set(key);
          const signal = body.run ? yield* body.run() : body.exec();
          if (signal === BREAK) return NORMAL;
          if (signal !== NORMAL && signal !== CONTINUE) return signal;
          yield* breathe();
        }
        return NORMAL;
      },
    };
  }

  #switch({ value, cases }: Extract<Statement, { kind: 'switch' }>): StatementCode {
    const subject = this.#expressions.compile(value);
    const bodies = cases.map((one) => sequence(one.body.map((part) => this.compile(part))));
    const tests = cases.map(({ match }) => {
      if (!match) return undefined;
      if (match.kind === 'regex' || match.kind === 'typed-regex') {
        const regex = this.#expressions.regex(match).at(undefined);
        return (own: Value): boolean => regex().test(this.#runtime.text(own));
      }
      const code = this.#expressions.compile(match);
      return (own: Value): boolean => compareValues(own, code.value(), this.#runtime.convfmt, this.#runtime.ignoresCase) === 0;
    });
    return {
      exec: mustWait,
      *run() {
        const own = yield* evaluate(subject);
        let at = tests.findIndex((test) => test?.(own) === true);
        if (at < 0) at = tests.indexOf(undefined);
        for (; at >= 0 && at < bodies.length; at++) {
          const body = bodies[at]!;
          const signal: Signal = body.run ? yield* body.run() : body.exec();
          if (signal === BREAK) return NORMAL;
          if (signal !== NORMAL) return signal;
        }
        return NORMAL;
      },
    };
  }

  #delete({ target }: Extract<Statement, { kind: 'delete' }>): Code {
    const runtime = this.#runtime;
    if (target.kind === 'variable') {
      const cell = this.#expressions.cell(target.name, target.where);
      return valueCode(runtime, () => {
        cell().array.clear();
        return undefined;
      });
    }
    const { operands, at } = compileElement(this.#expressions, target);
    return over(runtime, operands, (codes) => {
      const { array, key } = at(codes);
      return valueCode(runtime, () => {
        array().delete(key());
        return undefined;
      });
    });
  }

  #leave(kind: 'exit' | 'return', value: Expression | undefined): StatementCode {
    const runtime = this.#runtime;
    const signal = kind === 'exit' ? EXIT : RETURN;
    if (!value) return { exec: () => signal };
    const code = this.#expressions.compile(value);
    const keep = (result: Value): void => {
      if (kind === 'return') runtime.returned = result;
      else runtime.exitCode = toNumber(result) & 0xff;
    };
    return fromCode(code, signal, keep);
  }
}

/** gawk's PROCINFO["NONFATAL"], or of one name PROCINFO[name, "NONFATAL"]. */
function isNonFatal(runtime: Runtime, target: string): boolean {
  const procinfo = runtime.globals.get('PROCINFO');
  return procinfo?.isArray === true && (procinfo.array.has('NONFATAL') || procinfo.array.has(`${target}${runtime.subsep}NONFATAL`));
}

/** gawk's PROCINFO["sorted_in"] decides; without it elements come as they were made. */
function sortedIn(runtime: Runtime): string {
  const procinfo = runtime.globals.get('PROCINFO');
  return procinfo?.isArray === true ? runtime.text(procinfo.array.get('sorted_in')) : '';
}

/** A statement that computes something; `keep` takes the result. */
function fromCode(code: Code, signal: Signal = NORMAL, keep: (value: Value) => void = () => undefined): StatementCode {
  if (!code.run) {
    return {
      exec: () => {
        keep(code.value());
        return signal;
      },
    };
  }
  const { run } = code;
  return {
    exec: mustWait,
    *run() {
      keep(yield* run());
      return signal;
    },
  };
}

/** Says where the program is before it goes on. */
function located(runtime: Runtime, where: Location, code: StatementCode): StatementCode {
  const { run } = code;
  if (!run) {
    return {
      exec: () => {
        runtime.where = where;
        return code.exec();
      },
    };
  }
  return {
    exec: mustWait,
    run: () => {
      runtime.where = where;
      return run();
    },
  };
}

function sequence(parts: readonly StatementCode[]): StatementCode {
  if (parts.length === 1) return parts[0]!;
  if (parts.every((part) => part.run === undefined)) {
    return {
      exec: () => {
        for (const part of parts) {
          const signal = part.exec();
          if (signal !== NORMAL) return signal;
        }
        return NORMAL;
      },
    };
  }
  return {
    exec: mustWait,
    *run() {
      for (const part of parts) {
        const signal = part.run ? yield* part.run() : part.exec();
        if (signal !== NORMAL) return signal;
      }
      return NORMAL;
    },
  };
}
