// bc and dc against the host's GNU ones.
import test from 'ava';
import { type Case, sameAsHost } from './differential.js';

const bc = (programs: readonly string[], ...options: string[]): Case[] => programs.map((program) => ({ argv: ['bc', ...options], stdin: `${program}\n` }));

test('bc computes, shows and loops as GNU bc does', (t) => sameAsHost(t, bc([
  'scale=4; 10/3; 5^2; "hi\n"; 7/2; -7/2; -7%2; sqrt(2); last; .\n2^100\n1.5*2.25\n1.00*2.000\n.5\n-.5\n0.0\n10%3\n5%-3\n7.5%2\n2^-1\n-5^2\n2^3^2\n1.5^2\n(1+2)*3\nscale(1.25); length(12.34); length(0.0012)',
  'a=5; a^2; b[1]=3; b[1]; b[2]++; b[2]; ++a; a--; a; x=y=3; x; (x=4); x+=2; x; x^=2; x; !x; x>3; x&&0; x||0; x==36',
  'for(i=0;i<3;i++) i\nwhile (i>0) { i--; if (i==1) continue; i }\nif (1<2) print "a\tb\\n", 1, "\\n" else print "no"\nif (0) 1 else 2\nfor (i=0; ; i++) { if (i > 4) break }\ni',
  'define f(n) { if (n<2) return 1; return n*f(n-1); }\nf(30)\ndefine void g(x) { print "v", x, "\\n" }\ng(3)\ndefine h(z[]) { return z[2] }\na[2]=5\nh(a[])\ndefine k(x) {\n auto y, q[]\n y = x*2\n q[0] = y\n return (y+q[0])\n}\nk(4)\ny',
  'ibase=16\nA; FF; ABC.8\nibase=A\nobase=16\n255.5; 256; -3; 0\nobase=2\n10; 0.5\nobase=100\n12345.67\nobase=20\n400\nobase=10\nibase=2\n1011\n9', 'scale=50; 1/7\n2^300\nprint 2^200, "x\\n"\n/* a comment */ 1 # another\n1 + \\\n2', 'define f(x) { return x; }; f(2)\n1;2;3\n{ 4; 5 }\nif (1) { 6 }\n"a"; "b"\n\n\n7', '1; halt; 2', '1\nquit\n2', 'if (0) quit\n5',
  'ZZ; ibase=36; ZZ; ibase=Z; 0Z; 1Z; GG.G', 'obase=20; 0; 0.00; 0.05; 1.50; 19.99', '1 \\\n + 2\n3', 'a = 1 + \\\n\\\n4\na',
])));

test('bc -l has the functions', (t) => sameAsHost(t, bc([
  'e(1); e(0); e(-1); e(10); e(0.5)', 'l(2); l(10); l(1); l(0.5)', 's(1); s(0); s(3.14159); s(-2); s(100)', 'c(1); c(0); c(3)', 'a(1)*4; a(0.5); a(-3); a(100)', 'j(0,1); j(2,3.5)', 'scale=40; e(1); 4*a(1)', 'scale=5; s(1); l(3); e(2)', 'sqrt(2); 1/3',
  's(13.5); s(-4785.7); c(99.7); c(-3.14159265358979323846); c(472573)', 'a(10000000); a(-65785921.5); scale=70; a(1); a(.2); a(3)', 'e(142.749502399); e(-100); l(10430710.3325472917); l(0.0001)', 'j(4,0.25); j(-3,8); j(7,-1.5)', 'scale=0; e(1); s(1); c(0); a(1); l(2); j(0,1)', '0^-1\n3',
], '-l')));

test('bc complains as GNU bc does, and goes on', (t) => sameAsHost(t, bc(['5/0\n1', '1+(2/0)', 'foo(3)', 'a=1\na/0\n7', 'sqrt(-1)', '2%0', '1+\n2', '1 1 +\n3', ')', '"open', 'define f() {', 'if (1', '1 = 2', '@', 'break\n1', '1; break; 2\n3', 'continue\n1', 'return\n1', 'return 1; 5\n2', 'if (1) { break }\n4', '{ 1\nbreak\n2\n}\n3', 'define f() { break }\nf()\n2', 'while (1) { if (1) { break } }\n3']), { stderr: true }));

const dc = (programs: readonly string[]): Case[] => programs.flatMap((program) => [{ argv: ['dc'], stdin: `${program}\n` }, { argv: ['dc', '-e', program] }]);

test('dc computes as GNU dc does', (t) => sameAsHost(t, dc([
  '2 3 + p', '10 k 2 v p', '[hello] n 5 1 - p f', '1 2 3 f c z p', '5 3 % p 5 3 ~ f', '_5 p 3 _2 * p', '2 100 ^ p', '16 o 255 p 2 i 1010 p', '[la p 1 - d sa 0 <b] sb 5 sa lbx', '1 sa 2 Sa la p La p la p', '5 2 :x 2 ;x p', '3 4 r f', '1 2 3 3 R f', '2 10 1000 | p', '12345 Z p 1.234 X p', '[abc] Z p', '65 a p 66 P', '[1 p q 2 p] x 3 p',
  'FFp 8i 19p', 'A.Fp 0Ap', '0.01Zp 0.0012Zp 0.000Zp 12.340Zp', '0 0 1|p 7 0 5|p 2 100 7|p', '0 _3^p', '20o 0p 0.00p 0.05p',
  '0 [1 + d p d 5 >a] sa lax', '1 1 =x', '10 3 / p 4 k 10 3 / p', '[[nested] p] x', '# comment\n1 p', 'K p I p O p', '2 300 ^ p', '1.5 2.25 * p 3 k 1.5 2.25 * p', '7 d * p',
])));

test('dc complains as GNU dc does', (t) => sameAsHost(t, dc(['p', '1 0 /', '1 +', '[a] 1 +', 'y', '_1 v', '1 i', 'lz p Lz', '1 0 %']), { stderr: true }));
