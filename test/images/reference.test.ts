// References: Docker's normal form, familiar form and error texts.
import test from 'ava';
import fc from 'fast-check';
import { familiarReference, fullReference, globToRegExp, matchesPattern, parseReference, withDefaultTag } from '../../actors/images/reference.js';

const D = `sha256:${'a'.repeat(64)}`;
const CASES: readonly (readonly [string, string, string])[] = [
  ['alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20', 'alpine:3.20'],
  ['user/app', 'docker.io/user/app:latest', 'user/app:latest'],
  ['docker.io/library/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['index.docker.io/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['localhost/x', 'localhost/x:latest', 'localhost/x:latest'],
  ['localhost:5000/a/b:t', 'localhost:5000/a/b:t', 'localhost:5000/a/b:t'],
  ['ghcr.io/o/r@' + D, `ghcr.io/o/r@${D}`, `ghcr.io/o/r@${D}`],
  ['alpine:1@' + D, `docker.io/library/alpine:1@${D}`, `alpine:1@${D}`],
  ['[::1]:5000/x', '[::1]:5000/x:latest', '[::1]:5000/x:latest'],
];

for (const [text, full, familiar] of CASES) {
  test(`${text} is ${full}`, (t) => {
    const reference = withDefaultTag(parseReference(text));
    t.is(fullReference(reference), full);
    t.is(familiarReference(reference), familiar);
    t.deepEqual(parseReference(full), reference);
  });
}

test('what is no reference is refused in the words of the reference package', (t) => {
  for (const text of ['', ':x', 'a:', 'a b', '/a', 'a//b', 'a@sha256:12', 'x:'.padEnd(200, 'y'), '-a', 'a..b']) t.throws(() => parseReference(text), { message: /^invalid (reference format|checksum)/ }, text);
  t.throws(() => parseReference('Foo'), { message: 'invalid reference format: repository name (library/Foo) must be lowercase' });
  t.throws(() => parseReference('a'.repeat(64)), { message: /cannot specify 64-byte hexadecimal strings$/ });
  t.throws(() => parseReference(`x/${'a'.repeat(300)}`), { message: 'repository name must not be more than 255 characters' });
});

test('any text parses or is refused as invalid, and what parses is stable', (t) => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '@', '.', '-', '_', 'A', '9', 'localhost', 'sha256') }), (text) => {
    let reference;
    try {
      reference = parseReference(text);
    } catch (error) {
      t.is((error as { kind?: string }).kind, 'invalid');
      return;
    }
    t.deepEqual(parseReference(fullReference(reference)), reference);
  }));
});

test('reference filters match names with or without tag, and stars stop at slashes', (t) => {
  const reference = parseReference('user/app:1.2');
  for (const pattern of ['user/app', 'user/app:*', 'user/*', '*/app:1.?', 'user/ap[op]']) t.true(matchesPattern(reference, globToRegExp(pattern)), pattern);
  for (const pattern of ['*', 'app', 'user/app:2*']) t.false(matchesPattern(reference, globToRegExp(pattern)), pattern);
});
