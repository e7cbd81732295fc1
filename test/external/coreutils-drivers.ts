// What runs coreutils' own tests, the same text on both sides, and stand-ins for what a build of coreutils has beside its programs.

/** What the tests look up of a build: Debian's has these. */
export const CONFIG_HEADER = ['CAP', 'GETMNTENT', 'INOTIFY', 'LINKAT', 'LUTIMES', 'MNTENT_H', 'OPENAT', 'PTHREAD_T', 'SETGROUPS', 'UTIMENSAT']
  .map((name) => `#define HAVE_${name} 1\n`).join('') + '#define USE_ACL 1\n#define USE_XATTR 1\n';

const INTEGERS: Readonly<Record<string, readonly [min: bigint, max: bigint]>> = Object.fromEntries([
  ...signed(8, 'CHAR', 'SCHAR'), ...unsigned(8, 'UCHAR'), ...signed(16, 'SHRT'), ...signed(32, 'INT', 'PID_T'), ...unsigned(32, 'UINT', 'UID_T', 'GID_T'),
  ...signed(64, 'LONG', 'SSIZE', 'TIME_T', 'OFF_T', 'INTMAX'), ...unsigned(64, 'ULONG', 'SIZE', 'UINTMAX'),
]);

function signed(bits: number, ...names: string[]): [string, [bigint, bigint]][] {
  const max = 2n ** BigInt(bits - 1);
  return names.map((name) => [name, [-max, max - 1n]]);
}

function unsigned(bits: number, ...names: string[]): [string, [bigint, bigint]][] {
  return names.map((name) => [name, [0n, 2n ** BigInt(bits) - 1n]]);
}

/** The build's `getlimits`, which no package installs: the limits of C's integers on x86-64, each with its neighbour. */
export const GETLIMITS = `#!/bin/sh
cat <<'LIMITS'
${Object.entries(INTEGERS).map(([name, [min, max]]) => `${name}_MAX=${max}\n${name}_OFLOW=${max + 1n}\n${min === 0n ? '' : `${name}_MIN=${min}\n${name}_UFLOW=${min - 1n}\n`}`).join('')}LIMITS
`;

/** `scripts.sh TEST…` in the suite's folder: what its makefile does, with a time limit and a line per test; an ordinary user runs those that do not ask for root. */
export const SCRIPTS = String.raw`unset LANG LANGUAGE LC_COLLATE LC_CTYPE LC_MONETARY LC_MESSAGES LC_NUMERIC LC_TIME TERM
built_programs=
for page in man/*.x; do
  name=${'$'}{page##*/} name=${'$'}{name%.x}
  command -v "$name" > /dev/null && built_programs="$built_programs $name"
done
export LC_ALL=C VERSION=9.1 PACKAGE_VERSION=9.1 LOCALE_FR=none LOCALE_FR_UTF8=none abs_top_builddir=$PWD abs_top_srcdir=$PWD abs_srcdir=$PWD
export fail=0 host_os=linux-gnu host_triplet=x86_64-pc-linux-gnu srcdir=. top_srcdir=. CONFIG_HEADER=$PWD/config.h EXEEXT= built_programs
# Neither side has a compiler, perl or python: tests that need one say so.
export CC=false PERL=false AWK=awk EGREP='grep -E' MAKE=make SHELL=/bin/bash TMPDIR=/tmp PATH=$PWD/src:$PWD/nothing:$PATH
mkdir -p logs
for test do
  name=${'$'}{test##*/} log=logs/$(echo "$test" | tr / -)
  export CU_TEST_NAME=coreutils,$(echo "$test" | tr / -)
  if grep -q require_root_ "$test"; then as=
  else as='setpriv --reuid=nobody --regid=nogroup --groups=nogroup,users'
  fi
  timeout -s KILL "${'$'}{TEST_SECONDS:-30}" $as bash "./$test" 9>&2 > "$log" 2>&1 < /dev/null
  case $? in
    0) printf 'ok\t%s\n' "$test" ;;
    77) printf 'skip\t%s\t%s\n' "$test" "$(grep 'skipped test' "$log" | head -n 1 | tr '\t' ' ')" ;;
    137) printf 'fail\t%s\ttook too long: %s\n' "$test" "$(tail -n 2 "$log" | tr '\n\t' '  ')" ;;
    *) printf 'fail\t%s\t%s\n' "$test" "$(grep -v '^diff -u' "$log" | head -n 6 | tr '\n\t' '  ')" ;;
  esac
done
`;

/** Answers with the exit code of each command that it reads, ended by a NUL. */
export const ANSWERER = String.raw`while IFS= read -r -d '' command; do
  sh -c "$command" >&2 < /dev/null
  echo $?
done
`;

/** Perl's system() and backticks, done by the program in $ELSEWHERE: perl itself, which reads the tables and compares, stays on this machine. */
export const ELSEWHERE = String.raw`package Elsewhere;
use strict;
use warnings;
use Cwd ();
use IPC::Open2 ();

my $there;
my ($answers, $commands);

sub quoted { return join ' ', map { (my $word = $_) =~ s/'/'\\''/g; "'$word'" } @_ }

sub run {
  my ($command) = @_;
  if (!$there) {
    local $SIG{PIPE} = 'IGNORE';
    $there = IPC::Open2::open2($answers, $commands, split ' ', $ENV{ELSEWHERE});
  }
  my @names = grep { /^[A-Za-z_]\w*$/ && !/^(?:PATH|ELSEWHERE|PWD|SHLVL|_)$/ } sort keys %ENV;
  my $export = @names ? 'export ' . join(' ', map { "$_=" . quoted($ENV{$_}) } @names) . '; ' : '';
  print {$commands} 'cd ', quoted(Cwd::getcwd()), "; $export$command\0";
  $commands->flush;
  my $code = <$answers>;
  die "no answer from elsewhere\n" if !defined $code;
  return $? = $code << 8;
}

BEGIN {
  no warnings 'once';
  *CORE::GLOBAL::system = sub { run(@_ > 1 ? quoted(@_) : $_[0]) };
  *CORE::GLOBAL::readpipe = sub {
    my $file = Cwd::getcwd() . "/elsewhere.$$";
    run("{ $_[0]\n} > " . quoted($file));
    open my $output, '<', $file or die "$file: $!\n";
    my @lines = <$output>;
    unlink $file;
    return wantarray ? @lines : join '', @lines;
  };
}
1;
`;
