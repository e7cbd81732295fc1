// Names for containers that were given none: an adjective and a person of science, as Docker's users expect.
import { randomInt } from 'node:crypto';

const ADJECTIVES = ('able amber brave bright calm careful clever cosmic crisp curious daring deft eager early elegant fair fearless gentle glad golden '
  + 'graceful happy honest humble jolly keen kind lively lucid lucky mellow merry mighty neat nimble noble patient placid polite proud quick quiet '
  + 'ready robust serene sharp shiny silent smart snug steady stoic sturdy sunny swift tidy trusting upbeat vivid warm wise witty zen zealous').split(' ');
const PEOPLE = ('agnesi albattani archimedes babbage banach bardeen bartik bassi bell bhabha bohr bose boyd brahmagupta brown carson cerf chandrasekhar '
  + 'clarke colden cori cray curie darwin diffie dijkstra dirac einstein elion euclid euler faraday fermat fermi feynman franklin galileo gauss germain '
  + 'goldberg goodall hamilton hawking heisenberg hopper hypatia jepsen johnson kepler khorana kirch knuth kowalevski lamarr lamport lovelace '
  + 'maxwell mayer mccarthy mcclintock meitner mendel mirzakhani morse newton nobel noether noyce pasteur payne perlman ptolemy raman ramanujan '
  + 'ride ritchie rosalind rubin sammet shannon shaw shockley sinoussi swartz tesla thompson torvalds turing villani wescoff wiles wozniak yalow').split(' ');
const TRIES = 16;

/** A free name; a number is appended when chance is against it. */
export function generateName(taken: (name: string) => boolean): string {
  const pick = (words: readonly string[]): string => words[randomInt(words.length)]!;
  for (let i = 0; i < TRIES; i++) {
    const name = `${pick(ADJECTIVES)}_${pick(PEOPLE)}`;
    if (!taken(name)) return name;
  }
  for (;;) {
    const name = `${pick(ADJECTIVES)}_${pick(PEOPLE)}${randomInt(1_000_000)}`;
    if (!taken(name)) return name;
  }
}
