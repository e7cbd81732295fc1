// Arithmetic expressions: every operator, bases, assignments, the edges of 64 bits.
import { deeper, many, one, rule, t, weighted, words, type Scope, type Text } from './grammar.js';

const numbers = words('0 1 2 3 7 10 -1 010 0x1F 0xff 9223372036854775807 4294967296 9223372036854775808 08 63 64 100');
const bases = words('2#101 16#fF 36#zZ 64#_ 8#17 64#@ 37#A 10#08 62#Z 3#3 65#1 1#0');

const operand = rule(({ bash }): Text => {
  const posix = weighted([4, numbers], [3, words('n neg e u i')], [2, words('$n ${n} $neg ${#s} $# ${u:-4} ${n}0 $e $1 $?')]);
  return bash ? weighted([8, posix], [1, bases], [2, words('arr[1] sparse[2] m[k] arr[n-6] ${arr[0]} arr ${#arr[@]} num num[1] num[-1] num[i] loop x.y 1.5 "$n" "1" s')]) : posix;
});

const target = ({ bash }: Scope): Text => (bash ? weighted([4, words('i j n')], [1, words('num[0] num[1] num[7] m[k] m[z] num[i]')]) : words('i j n'));

export const arithmetic: (scope: Scope) => Text = rule((scope) => {
  if (scope.depth <= 0) return operand(scope);
  const inner = arithmetic(deeper(scope));
  const binary = t`${inner}${one('', ' ')}${words('+ - * / % << >> < > <= >= == != & | ^ && ||')} ${inner}`;
  const posix = weighted(
    [4, operand(scope)], [6, binary], [2, t`(${inner})`], [1, t`${words('! ~ - + ! -')} ${inner}`], [2, t`${inner} ? ${inner} : ${inner}`],
    [2, t`${target(scope)} ${words('= += -= *= /= %= <<= >>= &= |= ^= =')} ${inner}`], [1, t`$((${inner}))`], [1, t`$(echo ${operand(scope)})`],
  );
  return scope.bash ? weighted([10, posix], [2, t`${target(scope)}${words('++ --')}`], [2, t`${words('++ --')}${target(scope)}`], [1, t`${inner}, ${inner}`], [1, t`${inner}**${words('0 1 2 3 10 62 64 -1 n')}`], [1, t`"${inner}"`]) : posix;
});

/** Something that is most often an index or a length. */
export const index = rule((scope) => weighted([6, words('0 1 2 3 -1 -2 4 n-5 -4 5 9')], [1, arithmetic({ ...scope, depth: 1 })]));

/** `for ((…))` up to its body, with a guard: the body may change the counter. */
export const countedLoop = t`z=0; for (( ${words('i=0 j=0,i=0 i=3 i=0')}; i<${words('2 3 5')}; ${words('i++ ++i i+=2 i++,j+=i')} )); do [ $((z+=1)) -gt 9 ] && break`;

export const letArguments = rule((scope) => many(one(t`"${arithmetic({ ...scope, depth: 1 })}"`, words('i=1 i+=2 i++ n i=n*2 0 1 --i')), 1, 2, ' '));
