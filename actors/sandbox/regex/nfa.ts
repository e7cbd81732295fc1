// A Thompson simulation of a parsed regular expression: how far the longest match reaches, in time linear in the text.
import type { RegexNode } from './nodes.js';

/** Counted repetitions are unrolled; beyond this many steps the simulation is not worth having. */
const STEPS_MAX = 4000;

type Step =
  | { op: 'character'; accepts: (character: string) => boolean }
  | { op: 'assertion'; regex: RegExp }
  | { op: 'split'; first: number; second: number }
  | { op: 'match' };

/** Undefined where the pattern has back-references or unrolls to too much. */
export function buildSimulation(node: RegexNode, ignoreCase: boolean): Simulation | undefined {
  const steps: Step[] = [];
  const complete = new Builder(steps, ignoreCase ? 'iu' : 'u').add(node);
  if (!complete) return undefined;
  steps.push({ op: 'match' });
  return new Simulation(steps);
}

class Builder {
  readonly #steps: Step[];
  readonly #flags: string;
  readonly #predicates = new Map<string, (character: string) => boolean>();

  constructor(steps: Step[], flags: string) {
    this.#steps = steps;
    this.#flags = flags;
  }

  add(node: RegexNode): boolean {
    if (this.#steps.length > STEPS_MAX) return false;
    switch (node.kind) {
      case 'back-reference':
        return false;
      case 'character':
        this.#steps.push({ op: 'character', accepts: this.#predicate(node.source) });
        return true;
      case 'assertion':
        this.#steps.push({ op: 'assertion', regex: new RegExp(node.source, `${this.#flags}y`) });
        return true;
      case 'group':
        return this.add(node.body);
      case 'sequence':
        return node.items.every((item) => this.add(item));
      case 'choice':
        return this.#choice(node.branches);
      case 'repeat':
        return this.#repeat(node.body, node.min, node.max);
    }
  }

  #predicate(source: string): (character: string) => boolean {
    const known = this.#predicates.get(source);
    if (known) return known;
    const regex = new RegExp(`^${source}$`, this.#flags);
    const answers = new Map<string, boolean>();
    const accepts = (character: string): boolean => {
      let answer = answers.get(character);
      if (answer === undefined) answers.set(character, (answer = regex.test(character)));
      return answer;
    };
    this.#predicates.set(source, accepts);
    return accepts;
  }

  #choice(branches: readonly RegexNode[]): boolean {
    const [head, ...tail] = branches;
    if (tail.length === 0) return this.add(head!);
    const split = { op: 'split' as const, first: this.#steps.length + 1, second: 0 };
    this.#steps.push(split);
    if (!this.add(head!)) return false;
    const jump = { op: 'split' as const, first: 0, second: 0 };
    this.#steps.push(jump);
    split.second = this.#steps.length;
    if (!this.#choice(tail)) return false;
    jump.first = jump.second = this.#steps.length;
    return true;
  }

  #repeat(body: RegexNode, min: number, max: number): boolean {
    for (let i = 0; i < min; i++) if (!this.add(body)) return false;
    const exits: { second: number }[] = [];
    for (let i = min; i < (max === Infinity ? min + 1 : max); i++) {
      const split = { op: 'split' as const, first: this.#steps.length + 1, second: 0 };
      exits.push(split);
      const at = this.#steps.push(split) - 1;
      if (!this.add(body)) return false;
      if (max === Infinity) this.#steps.push({ op: 'split', first: at, second: at });
    }
    for (const exit of exits) exit.second = this.#steps.length;
    return true;
  }
}

export class Simulation {
  readonly #steps: readonly Step[];
  readonly #marks: Int32Array;
  #generation = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#marks = new Int32Array(steps.length);
  }

  /** Where the longest match that begins at `start` ends; -1 when none does. */
  longest(text: string, start: number): number {
    return this.#run(text, start, false);
  }

  /** Whether there is a match that begins at `from` or later. */
  exists(text: string, from: number): boolean {
    return this.#run(text, from, true) >= 0;
  }

  #run(text: string, from: number, anyStart: boolean): number {
    let current: number[] = [];
    let end = -1;
    for (let at = from; ; ) {
      this.#generation++;
      const active: number[] = [];
      if (anyStart || at === from) this.#follow(0, text, at, active);
      for (const step of current) this.#follow(step, text, at, active);
      if (this.#marks[this.#steps.length - 1] === this.#generation) {
        end = at;
        if (anyStart) return end;
      }
      if (at >= text.length || (active.length === 0 && !anyStart)) return end;
      const character = String.fromCodePoint(text.codePointAt(at)!);
      current = [];
      for (const index of active) {
        const step = this.#steps[index]!;
        if (step.op === 'character' && step.accepts(character)) current.push(index + 1);
      }
      at += character.length;
    }
  }

  /** Adds the character steps reachable from `index` without consuming anything. */
  #follow(index: number, text: string, at: number, active: number[]): void {
    const pending = [index];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (this.#marks[next] === this.#generation) continue;
      this.#marks[next] = this.#generation;
      const step = this.#steps[next]!;
      if (step.op === 'split') pending.push(step.second, step.first);
      else if (step.op === 'character') active.push(next);
      else if (step.op === 'assertion') {
        step.regex.lastIndex = at;
        if (step.regex.test(text)) pending.push(next + 1);
      }
    }
  }
}
