// What runs the shell suites, the same script on both sides, and shell stand-ins for the suites' helper programs, which are C.

/** `recho` shows its arguments with invisible bytes made visible, `zecho` is a bare echo, `xcase` changes case line by line. */
export const HELPERS: Readonly<Record<string, string>> = {
  recho: String.raw`#!/bin/sh
LC_ALL=C exec awk 'BEGIN {
  for (i = 1; i < 32; i++) shown[sprintf("%c", i)] = sprintf("^%c", i + 64)
  shown[sprintf("%c", 127)] = "^?"
  for (i = 1; i < ARGC; i++) {
    text = ""
    for (at = 1; at <= length(ARGV[i]); at++) { byte = substr(ARGV[i], at, 1); text = text ((byte in shown) ? shown[byte] : byte) }
    printf "argv[%d] = <%s>\n", i, text
  }
}' "$@"
`,
  zecho: `#!/bin/sh
IFS=' '
printf '%s\\n' "$*"
`,
  xcase: String.raw`#!/bin/sh
case=
while getopts lnu option; do case $option in l) case=L ;; u) case=U ;; n) ;; *) exit 2 ;; esac; done
shift $((OPTIND - 1))
exec sed -u "s/.*/\\$case&/" "$@"
`,
};

const CLEAN = 'unset LANG LANGUAGE LC_COLLATE LC_CTYPE LC_MONETARY LC_MESSAGES LC_NUMERIC LC_TIME LC_ALL';

/** \`cases.sh FOLDER SHELL\`: busybox's cases, each run in its folder and compared with its \`.right\`; a line per case. */
export const CASES = String.raw`${CLEAN}
cd "$1" || exit
THIS_SH=$2 PATH=$(pwd)/../helpers:$PATH
# Of the configuration that the suite asks for, what Debian builds.
CONFIG_FEATURE_FANCY_ECHO=y
export THIS_SH PATH CONFIG_FEATURE_FANCY_ECHO
for case in */*.tests; do
  name=${'$'}{case%.tests}
  [ -f "$name.right" ] || continue
  cd "${'$'}{case%/*}"
  file=${'$'}{name##*/}
  timeout -s KILL 20 "$THIS_SH" "./$file.tests" > "$file.xx" 2>&1 < /dev/null
  [ $? = 137 ] && echo 'took too long' >> "$file.xx"
  # As the suite's own script does: C libraries quote differently.
  sed -i -e "/: invalid option /s:'::g" "$file.xx"
  if cmp -s "$file.xx" "$file.right"; then
    printf 'ok\t%s\n' "$name"
  else
    printf 'fail\t%s\t%s\n' "$name" "$(diff "$file.xx" "$file.right" | sed 1d | head -n 2 | tr '\n\t' '  ')"
  fi
  cd ..
done
`;

/** \`scripts.sh FOLDER SHELL\`: what bash's \`run-all\` does, with a time limit and a line per script. */
export const SCRIPTS = String.raw`${CLEAN}
cd "$1" || exit
THIS_SH=$2 PATH=.:$(pwd)/../helpers:$PATH TMPDIR=/tmp BUILD_DIR=.. BASH_TSTOUT=$(pwd)/output
export THIS_SH PATH TMPDIR BUILD_DIR BASH_TSTOUT
for script in run-*; do
  case $script in run-all | run-minimal | run-gprof) continue ;; esac
  if timeout -s KILL 120 sh "$script" > "$script.differences" 2> /dev/null < /dev/null; then
    printf 'ok\t%s\n' "$script"
  else
    printf 'fail\t%s\t%s\n' "$script" "$(grep -c '^[<>]' "$script.differences") lines: $(sed 1d "$script.differences" | head -n 2 | tr '\n\t' '  ')"
  fi
  rm -f "$BASH_TSTOUT"
done
`;
