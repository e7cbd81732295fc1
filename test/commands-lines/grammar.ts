// Grammars of command lines for the families that scripts use most; what they make is valid, and harmless on the host.
import fc from 'fast-check';

type Line = fc.Arbitrary<string>;

const TEXTS = ['a.txt', 'b.txt', 'num.txt', 'ver.txt', 'dup.txt', 'tab.txt', 'csv.txt', 'j1.txt', 'j2.txt', 'para.txt', 'nolf.txt', 'seq.txt', 'blank.txt', 'conf.ini', 'src.c', 'empty'] as const;
const file = fc.constantFrom(...TEXTS);
const files = fc.array(file, { minLength: 1, maxLength: 2 }).map((names) => names.join(' '));
const small = fc.integer({ min: 1, max: 6 });
const count = fc.integer({ min: 0, max: 12 });

/** As one word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Some of these words, in their order. */
function some(...words: readonly string[]): Line {
  return fc.subarray([...words], { maxLength: Math.min(3, words.length) }).map((chosen) => chosen.join(' '));
}

function words(...parts: readonly (Line | string)[]): Line {
  return fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((chosen) => chosen.filter((word) => word !== '').join(' '));
}

const maybe = (line: Line): Line => fc.oneof(fc.constant(''), line);

const position = fc.oneof(small.map(String), fc.tuple(small, small).map(([field, character]) => `${field}.${character}`));
const orderings = fc.constantFrom('', 'n', 'r', 'nr', 'b', 'f', 'V', 'h', 'd', 'M', 'g', 'bf');
const key = fc.tuple(position, orderings, maybe(position), orderings).map(([from, first, to, second]) => `-k${from}${first}${to === '' ? '' : `,${to}${second}`}`);
const sort = words('sort', some('-r', '-u', '-s', '-f', '-b'), maybe(fc.constantFrom('-n', '-g', '-V', '-h', '-M', '-d')), maybe(fc.constantFrom('-t:', '-t,', '-t" "')), fc.array(key, { maxLength: 2 }).map((keys) => keys.join(' ')), files);

const list = fc.array(fc.oneof(small.map(String), small.map((n) => `${n}-`), small.map((n) => `-${n}`), fc.tuple(small, small).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
const set = fc.constantFrom('a-z', 'A-Z', '0-9', '[:alpha:]', '[:upper:]', '[:lower:]', '[:digit:]', '[:space:]', '[:punct:]', 'aeiou', '\\n', ' ', 'a-c:', '\\t,');
const filters = fc.oneof(
  words('cut', fc.oneof(list.map((l) => `-c${l}`), list.map((l) => `-b${l}`), words(list.map((l) => `-f${l}`), maybe(fc.constantFrom('-d:', '-d,', "-d' '")), some('-s', '--output-delimiter=+'))), maybe(fc.constant('--complement')), files),
  words('tr', fc.oneof(words('-d', set.map(quoted)), words('-s', set.map(quoted)), words('-cd', set.map(quoted)), words(maybe(fc.constant('-s')), fc.constantFrom('a-z', 'aeiou', '0-9', '[:lower:]').map(quoted), fc.constantFrom('A-Z', 'x', '[:upper:]', '*').map(quoted))), file.map((name) => `<${name}`)),
  words('head', maybe(fc.constantFrom('-q', '-v')), fc.tuple(fc.constantFrom('-n', '-c'), fc.constantFrom('', '-'), count).map(([option, sign, n]) => `${option} ${sign}${n}`), files),
  words('tail', maybe(fc.constantFrom('-q', '-v')), fc.tuple(fc.constantFrom('-n', '-c'), fc.constantFrom('', '+'), count).map(([option, sign, n]) => `${option} ${sign}${n}`), files),
  words('uniq', some('-c', '-d', '-u', '-i'), maybe(small.map((n) => `-f${n}`)), maybe(small.map((n) => `-s${n}`)), maybe(small.map((n) => `-w${n}`)), file),
  words('comm', some('-1', '-2', '-3', '--total'), file.map((name) => `<(sort ${name})`), file.map((name) => `<(sort ${name})`)),
  words('join', some('-i', '-a1', '-a2', '-v1'), maybe(fc.constant('-e NONE -o auto')), maybe(fc.constantFrom('-t:', '-t,')), file.map((name) => `<(sort ${name})`), file.map((name) => `<(sort ${name})`)),
  words('paste', some('-s', "-d ',;'"), files, file), words('fold', some('-s', '-b'), count.map((n) => `-w${n + 1}`), files), words('fmt', some('-s', '-u'), count.map((n) => `-w${n + 5}`), files),
  words('nl', maybe(fc.constantFrom('-ba', '-bn', "-b 'p^l'")), maybe(fc.constantFrom('-nln', '-nrz')), maybe(small.map((n) => `-w${n}`)), maybe(small.map((n) => `-i${n}`)), maybe(fc.constant("-s '. '")), file),
  words('expand', maybe(fc.constant('-i')), maybe(list.map((l) => `-t${l.replace(/[^\d,]/g, '').split(',')[0]!}`)), files), words('unexpand', maybe(fc.constant('-a')), maybe(small.map((n) => `-t${n + 1}`)), files),
  words('wc', some('-l', '-w', '-c', '-m', '-L'), files), words('tac', maybe(fc.constantFrom('-s:', '-bs:', "-rs '[0-9]'")), files), words('cat', some('-n', '-b', '-s', '-E', '-T', '-A', '-v'), files),
  words('od', maybe(fc.constantFrom('-An', '-Ad', '-Ax')), fc.constantFrom('-c', '-x', '-tx1', '-to1', '-td2', '-tu4', '-a', '-tx1z'), maybe(count.map((n) => `-j${n}`)), maybe(count.map((n) => `-N${n + 1}`)), maybe(small.map((n) => `-w${n * 4}`)), fc.constantFrom('seq.txt', 'para.txt', 'bin.dat')),
  words('split', fc.oneof(small.map((n) => `-l ${n}`), small.map((n) => `-b ${n * 20}`), small.map((n) => `-n ${n}`), small.map((n) => `-n l/${n}`), small.map((n) => `-C ${n * 20}`)), some('-d', '-a 3', '--additional-suffix=.p'), 'seq.txt p.; wc -c p.*'),
);

const atom = fc.constantFrom('a', 'l', 'b', ' ', '.', '[a-c]', '[^a]', '[[:digit:]]', '[[:space:]]', 'line', 'x', '\\.', '\\w', '\\W', '\\s', '\\b', '\\<', '\\>', ':', '1');
function expression(isExtended: boolean): Line {
  const repeat = fc.constantFrom(...(isExtended ? ['', '', '', '*', '+', '?', '{2}', '{1,2}', '{2,}'] : ['', '', '', '*', '\\+', '\\?', '\\{2\\}', '\\{1,2\\}']));
  const [open, close, or] = isExtended ? ['(', ')', '|'] : ['\\(', '\\)', '\\|'];
  const piece = fc.tuple(atom, repeat).map(([one, times]) => (/^\\[b<>]$/.test(one) ? one : one + times));
  const branch = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
  const group = fc.tuple(branch, branch, repeat).map(([left, right, times]) => `${open}${left}${or}${right}${close}${times}`);
  const body = fc.oneof(branch, branch, group, fc.tuple(branch, group).map(([left, right]) => left + right), fc.tuple(branch, branch).map(([left, right]) => `${left}${or}${right}`), branch.map((inner) => `${open}${inner}${close}\\1`));
  return fc.tuple(fc.constantFrom('', '', '^'), body, fc.constantFrom('', '', '$')).map((parts) => parts.join(''));
}

const grepOptions = words(some('-i', '-v', '-n', '-c', '-o', '-w', '-x', '-h', '-H', '-b', '-l', '-L', '-s'), maybe(fc.constantFrom('-A1', '-B1', '-C1', '-m1', '-m2', '--color=always')));
const grep = fc.oneof(
  words('grep', grepOptions, expression(false).map((text) => `-e ${quoted(text)}`), files), words('grep -E', grepOptions, expression(true).map((text) => `-e ${quoted(text)}`), files),
  words('grep -F', grepOptions, fc.constantFrom('a', 'line 1', '.', 'b:1', '', 'alpha').map((text) => `-e ${quoted(text)}`), files),
  words('grep -r', some('-n', '-l', '-c', '-i'), maybe(fc.constantFrom("--include='*.c'", "--exclude='*.log'", '--exclude-dir=deep')), fc.constantFrom('alpha', 'int', 'x'), 'dir dir2 | sort'),
);

const sedAddress = fc.oneof(small.map(String), fc.constant('$'), fc.constantFrom('/a/', '/line/', '/^$/', '/[0-9]/', '/x/I', '1~2', '2~3'));
const sedRange = fc.oneof(fc.constant(''), sedAddress, fc.tuple(sedAddress, fc.oneof(sedAddress.filter((address) => !address.includes('~')), fc.constantFrom('+1', '+2', '~3'))).map(([from, to]) => `${from},${to}`), fc.constant('0,/a/'));
const substitution = fc.tuple(expression(false), fc.constantFrom('X', '&&', '[&]', '', '\\U&', '\\u&', '\\n', '<\\t>', '\\L&\\E!'), fc.constantFrom('', 'g', '2', 'p', 'gp', 'I', '2g'))
  .map(([pattern, replacement, flags]) => `s/${pattern}/${replacement}/${flags}`);
const sedCommand = fc.oneof({ weight: 4, arbitrary: substitution }, { weight: 6, arbitrary: fc.constantFrom('p', 'd', 'n', 'N', 'D', 'P', 'h', 'H', 'g', 'G', 'x', '=', 'l', 'q', 'Q', 'y/abc/xyz/', 'a added', 'i before', 'c changed', '$!N', 'z', 'F', 'l 20', 'q3', 'r j1.txt', 'R j1.txt', '{p;d}', '!d', 'bend', 'tend') });
const sed = fc.tuple(some('-n', '-s', '-u'), fc.array(fc.tuple(sedRange, sedCommand).map(([range, one]) => (/^\$?!|^\{/.test(one) && range === '' ? one : one.startsWith('$') ? one : range + one)), { minLength: 1, maxLength: 3 }), fc.boolean(), files)
  .map(([options, commands, isInPlace, names]) => `sed ${isInPlace ? '-i ' : ''}${options} ${[...commands, ':end'].map((one) => `-e ${quoted(one)}`).join(' ')} ${names}${isInPlace ? `; echo $?; cat ${names}` : ''}`);

const findTest = fc.oneof(
  fc.constantFrom("-name '*.c'", "-name '[a-c]*'", "-iname '*.TXT'", '-type f', '-type d', '-type l', '-empty', '-type f -size +20c', '-type f -size -2', '-type f -size 1', '-perm 644', '-perm -u+x', '-perm /222', "-path './dir/*'", '-newer j1.txt', '-mtime +1', '-type f -links 1', '-user root', '-executable', '-readable', "-regex '.*/[a-d]\\.txt'", "-lname '*'", '-xtype f', '-false', '-true', '-maxdepth 1', '-mindepth 1', '-maxdepth 2', "-wholename '*sub*'", '-name dir -prune'),
);
const findExpression = fc.array(fc.tuple(fc.constantFrom('', '', '', '! ', '-o ', '-a '), findTest), { minLength: 1, maxLength: 3 }).map((tests) => tests.map(([join, one], i) => (i === 0 && join.startsWith('-') ? one : join + one)).join(' '));
const find = fc.tuple(fc.constantFrom('.', 'dir', 'dir dir2', '-L .', 'dir/'), findExpression, fc.constantFrom('', '', '-print', "-printf '%p %y %m %d %P %f %h\\n'", '-exec echo {} \\;', '-exec echo {} +', '-print0', '-execdir echo {} \\;')).map(([where, tests, action]) =>
  `find ${where} ${action === '' || !tests.includes('-o ') ? tests : `\\( ${tests} \\)`} ${action}${action === '-exec echo {} +' ? " | tr ' ' '\\n'" : action === '-print0' ? " | tr '\\0' '\\n'" : ''} 2>&1 | sort`);

const number = fc.oneof(fc.integer({ min: -30, max: 300 }).map(String), fc.constantFrom('0.5', '1.25', '-3.75', '1e3', '010', '0x1f'));
const unit = fc.constantFrom('day', 'days', 'week', 'weeks', 'month', 'months', 'year', 'years', 'hour', 'hours', 'minutes', 'seconds');
const moment = fc.tuple(fc.constantFrom('2024-02-29', '2023-12-31', '@86400', '2024-01-31 12:34:56', 'Mar 3 2021', '1999/07/04', '20200101', '2024-06-15T10:00:00Z', '1 jan 2000 5pm'), maybe(fc.tuple(fc.constantFrom('+1', '-1', '3', '-10', '+25', 'next', 'last'), unit, fc.constantFrom('', ' ago')).map(([n, what, ago]) => `${n} ${what}${ago}`)), maybe(fc.constantFrom('next monday', 'friday', 'last sunday')))
  .map(([base, shift, day]) => [base, shift, base.startsWith('@') ? '' : day].filter((word) => word !== '').join(' '));
const dateFormat = fc.array(fc.tuple(fc.constantFrom('', '', '', '-', '_', '0', '^', '#', '10'), fc.constantFrom(...'aAbBcCdDeFgGHIjklmMpPrRsSTuUVwWxXyYzZ')).map(([flag, letter]) => `%${flag}${letter}`), { minLength: 1, maxLength: 4 }).map((parts) => `+${parts.join(' ')}`);
const numbers = fc.oneof(
  words('seq', maybe(fc.constantFrom('-w', "-s,", "-f '%05.1f'")), fc.tuple(fc.integer({ min: -3, max: 5 }), fc.constantFrom('', '1', '2', '0.5', '-1'), fc.integer({ min: -5, max: 12 })).map((parts) => parts.filter((part) => part !== '').join(' '))),
  words('env printf', fc.tuple(fc.constantFrom('%d', '%5d|', '%-5d|', '%05d', '%x', '%o', '%X', '%+d', '%s', '%.2s|', '%10s|', '%b', '%c', '%e', '%.2f', '%g', '%q', '%%'), fc.constantFrom('\\n', ' %s\\n', '\\t%d\\n')).map(([one, rest]) => quoted(one + rest)), fc.array(number, { maxLength: 3 }).map((given) => given.join(' '))),
  words('expr', number, fc.constantFrom('+', '-', "'*'", '/', '%', "'<'", "'='", "'>='", "'|'", "'&'", ':'), number), words('numfmt', fc.constantFrom('--to=si', '--to=iec', '--to=iec-i', '--from=si', '--from=iec', '--from=auto', '--grouping', '--padding=8', "--format='%.1f'"), fc.constantFrom('1000', '1024', '1536', '999999', '12345678', '1K', '1.5M', '7', '0', '1Ki')),
  words('date -d', moment.map(quoted), dateFormat.map(quoted)), words('factor', fc.integer({ min: 0, max: 1_000_000 }).map(String)), words('basename', fc.constantFrom('/a/b.c', 'a/', '/', 'x', '-a p/q.txt r.txt'), maybe(fc.constantFrom('.c', '.txt'))), words('dirname', fc.constantFrom('/a/b', 'a', '/', 'a/b/', '//x', 'a//b x/y')),
  words('base64', maybe(small.map((n) => `-w${n * 4}`)), file), words('xargs', fc.oneof(small.map((n) => `-n${n}`), small.map((n) => `-L${n}`), fc.constantFrom('-I{}', '-d: -n1', '-0', '-t', '-r', "-d '\\n'")), fc.constantFrom('echo', 'echo {} x', "sh -c 'echo $# $1' _"), file.filter((name) => name !== 'src.c').map((name) => `<${name}`)),
);

/** The families by their names. */
export const FAMILIES: Readonly<Record<string, Line>> = { sort, filters, grep, sed, find, numbers };
