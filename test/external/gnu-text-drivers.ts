// What runs GNU's test scripts, the same on both sides: a line per case, `ok NAME`, `skip NAME WHY` or `fail NAME WHY`, with tabs between.

/** Stands in for the suites' C program of this name: how many bytes a character of a locale may have. */
export const GET_MB_CUR_MAX = String.raw`#!/bin/sh
[ "$(printf '\303\251' | LC_ALL=$1 wc -m)" = 1 ] && echo 6
`;

/** \`scripts.sh FOLDER CASE…\`: scripts around gnulib's init.sh, each in a shell of its own with what the suites' makefiles export, in a folder that holds the suite. */
export const SCRIPTS = String.raw`cd "$1" || exit
shift
unset GREP_COLOR GREP_COLORS TERM TZ POSIXLY_CORRECT COLS COLUMNS LS_COLORS GZIP BASH_ENV
top=$(pwd)
export PATH="$top/helpers:$PATH" LC_ALL=C TMPDIR=/tmp SHELL=/bin/bash AWK=awk PERL=perl MAKE=make CC=false GREP=grep PATCH="$(command -v patch)"
export VERSION=unknown PACKAGE_VERSION=unknown LOCALE_FR=none LOCALE_FR_UTF8=none LOCALE_JA=none host_triplet=x86_64-pc-linux-gnu PCRE_WORKS=1
export abs_top_builddir="$top" abs_top_srcdir="$top" built_programs="find xargs"
for case do
  # sed's and findutils' scripts run in the folder above, the others in their own.
  case $case in
    testsuite/* | tests/*/*) cd "$top"; script=./$case srcdir=. abs_srcdir=$top top_srcdir=. ;;
    *) cd "$top/tests"; script=./${'$'}{case#tests/} srcdir=. abs_srcdir=$top/tests top_srcdir=.. ;;
  esac
  export srcdir abs_srcdir top_srcdir
  timeout -s KILL 15 bash "$script" > "$top/log" 2>&1 9>&1 < /dev/null
  status=$?
  if [ -n "$KEEP_LOGS" ]; then cat "$top/log" >&2; fi
  case $status in
    0) printf 'ok\t%s\n' "$case" ;;
    77) printf 'skip\t%s\t%s\n' "$case" "$(tail -n 1 "$top/log" | tr '\t' ' ')" ;;
    *) printf 'fail\t%s\t%s: %s\n' "$case" "$status" "$(grep -aE '^[-+<>][^-+]|: not found|FAILED' "$top/log" | head -n 4 | tr '\n\t' '| ')" ;;
  esac
done
`;
