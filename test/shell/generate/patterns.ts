// Patterns of pathnames, of case and of parameter expansions, and regular expressions.
import { many, maybe, one, rule, t, words, type Text } from './grammar.js';

const pieces = one('*', '?', 'o', 'l', 'a', '[a-m]', '[!l]', '[^h-z]', '[[:space:]]', '[[:alpha:]]', '[[:digit:]e]', '[a-]', '\\*', '.', '/', '"*"', "'o'", '$star', '"$s"', '$c', 'é', '[é]', ':', '${e}');
const extended = t`${words('? * + @ !')}(${many(one('a', 'l', 'o', '*', 'b.txt', 'h?', '[ab]', '', 'll|e', 'o*'), 1, 3, '|')})`;

/** What may stand after `#`, `%`, `/` of a parameter expansion. */
// dash: `${*%*[]x]}` of `x y` is empty there, as if the set ended at its first bracket.
export const pattern = rule(({ bash }) => many(bash ? one(pieces, pieces, pieces, extended, '[]x]') : pieces, 1, 3));

/** Patterns that meet the prepared files. */
export const glob = rule(({ bash }): Text => {
  const posix = one('*', '*.txt', '?.txt', '[ab]*', 'dir/*', '[!a]*.txt', '*/', '*/*.c', '[[:alpha:]].txt', 'no*match', '[a', 'd*/s*/*', '"*".txt', '\\*', '*"."txt', '.h*', '[a-c]*', 'dir/../*.txt', './*.txt', 'dir//x.?', '*d.txt', "*' 'd*", '$star', '"$star"', '[[]a]', 'l*k', '*[.]*', '*/*/', 'é*', '?é*', '[!.]*', 'run.*');
  return bash ? one(posix, posix, '@(a|b).txt', '!(*.txt)', '*(a|b|.)txt', '+([a-z]).txt', '?(a).txt', '**', '**/*.txt', 'dir/**', '!(a|b)*', '@(dir|no)/*', '**/', '*.@(c|h)', 'dir/!(x.c)', '!(no)/x.c') : posix;
});

export const casePattern = rule((scope) => one(pattern(scope), pattern(scope), '*', 'hello*', '"$s"', '$s', "''", '[0-9]', 'a|b', '"a"*', '$u', '\\$x', '?', '"$e"', 'x\\ y'));

const regexPieces = one('l+', '(l+)o', '.', '.*', '[[:digit:]]+', '(a|b)*', 'x?', 'h', '([a-z]+)', ' ', '\\.', '"."', "'l'", '\\ ', '[^/]*', '(/[^/]+)', 'o{1,2}', '$n', '"$s"', '[a-z ]', '\\$', '()', '(h|(e))', '$re', '[.]', 'é', '(x)?', '\\/', 'l{2}', '[[:alnum:]_-]*', ':', '"a*"', '[\\]]', '(^|:)b');
export const regex = t`${maybe('^')}${many(regexPieces, 1, 3)}${maybe('$')}`.map((made) => made.replaceAll(' ', '[[:space:]]').replaceAll('\\[[:space:]]', '\\ '));
