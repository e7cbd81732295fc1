// What LZMA's encoder and decoder learn of the data, and how one symbol's kind bears on the next.
import { probabilities } from './range-encoder.js';

export class LengthModel {
  readonly choice = probabilities(2);
  readonly low = probabilities(16 << 3);
  readonly mid = probabilities(16 << 3);
  readonly high = probabilities(256);
}

export class LzmaModel {
  state = 0;
  reps = [0, 0, 0, 0];
  readonly isMatch = probabilities(12 << 4);
  readonly isRep = probabilities(12);
  readonly isRep0 = probabilities(12);
  readonly isRep1 = probabilities(12);
  readonly isRep2 = probabilities(12);
  readonly isRep0Long = probabilities(12 << 4);
  readonly literal: Uint16Array;
  readonly slot = probabilities(4 << 6);
  readonly special = probabilities(128);
  readonly align = probabilities(16);
  readonly matchLength = new LengthModel();
  readonly repLength = new LengthModel();

  /** Of so many bits of its surroundings a literal's probabilities depend. */
  constructor(literalBits = 3) {
    this.literal = probabilities(0x300 << literalBits);
  }
}

export function nextState(state: number, symbol: 'literal' | 'match' | 'repetition' | 'short repetition'): number {
  if (symbol === 'literal') return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  const isAfterLiteral = state < 7;
  if (symbol === 'match') return isAfterLiteral ? 7 : 10;
  if (symbol === 'repetition') return isAfterLiteral ? 8 : 11;
  return isAfterLiteral ? 9 : 11;
}
