// What the machine tells of a file before it is asked: good for the stretch of the program in which it was told, while nobody acts.
import { acts } from './shared.cjs';
import { tryCall } from './wire.cjs';

/** A program that asks again and again, without ever letting go, must see what others do meanwhile. */
const AGE_MAX_MS = 100;
// Taken before a program replaces them.
const now = performance.now.bind(performance);
const soon = queueMicrotask;
const kinds = new Map<string, number>();
const reals = new Map<string, string>();
const texts = new Map<string, Buffer>();
/** Loaders ask for the kind of what they have loaded already, too; its text is told once. */
const told = new Set<string>();
let toldAtMs = 0;
let toldAfter = 0;
let isStretch = false;

function forget(): void {
  isStretch = false;
  for (const known of [kinds, reals, texts]) known.clear();
}

/** Whether what is known still holds. */
function holds(): boolean {
  if (isStretch && (acts() !== toldAfter || now() - toldAtMs > AGE_MAX_MS)) forget();
  return isStretch;
}

/** The stretch ends before anything that the program waits for can come in. */
function begin(): void {
  if (holds()) return;
  isStretch = true;
  toldAfter = acts();
  toldAtMs = now();
  soon(forget);
}

/** What a module loader asks: 0 file, 1 directory, -2 nothing. The answer tells what loaders go on to ask: names with suffixes, where a link leads, a text. */
export function kind(path: string): number {
  const known = holds() ? kinds.get(path) : undefined;
  if (known !== undefined) return known;
  const answer = tryCall({ op: 'kind', path, text: !told.has(path) });
  if ('errno' in answer) return -2;
  begin();
  const { found, file, real } = answer.value as { found: [path: string, kind: number][]; file?: string; real?: string };
  for (const [name, value] of found) kinds.set(name, value);
  if (real !== undefined) {
    reals.set(file!, real);
    if (answer.bytes.length > 0) {
      texts.set(real, answer.bytes);
      told.add(path);
    }
  }
  return kinds.get(path)!;
}

export function knownReal(path: string): string | undefined {
  return holds() ? reals.get(path) : undefined;
}

/** Whoever takes it may write into it: it is there once. */
export function takeText(path: string): Buffer | undefined {
  const text = holds() ? texts.get(path) : undefined;
  texts.delete(path);
  return text;
}
