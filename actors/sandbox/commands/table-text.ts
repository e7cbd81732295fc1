// The table of text commands: name -> where its code is.
import type { CommandTable } from '../programs/builtin.js';

/** Each is imported when first run. */
export const textCommands: CommandTable = {
  awk: () => import('./awk/awk.js').then((m) => m.awk),
  cat: () => import('./cat.js').then((m) => m.cat),
  cut: () => import('./cut.js').then((m) => m.cut),
  egrep: () => import('./grep/grep.js').then((m) => m.grep),
  fgrep: () => import('./grep/grep.js').then((m) => m.grep),
  gawk: () => import('./awk/awk.js').then((m) => m.awk),
  grep: () => import('./grep/grep.js').then((m) => m.grep),
  head: () => import('./head.js').then((m) => m.head),
  mawk: () => import('./awk/awk.js').then((m) => m.awk),
  sed: () => import('./sed/sed.js').then((m) => m.sed),
  sort: () => import('./sort/sort.js').then((m) => m.sort),
  tail: () => import('./tail.js').then((m) => m.tail),
  tr: () => import('./tr.js').then((m) => m.tr),
  uniq: () => import('./uniq.js').then((m) => m.uniq),
  wc: () => import('./wc.js').then((m) => m.wc),
};
